"""What a file ties a requirement to: an index, or the address of one wheel. Both bind the build, and are let go only where they must be."""

from __future__ import annotations

from typing import Any

import pytest

from drivetrain.catalogue.places import Place, place_at
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Package, Plan, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
INDEX = "https://download.pytorch.org/whl"
WHEEL = f"{INDEX}/cu121/torch-2.1.2%2Bcu121-cp310-cp310-linux_x86_64.whl"


def answer(*wishes: Wish, gpu: str = "RTX 3090", driver: str = "550", os: str = "linux", sources: Any = "index", **more: Any) -> Plan | Refusal:
    return solve(Request(wishes=wishes, sources=sources, **more), described(os=os, gpus=(gpu,), driver=driver), FACTS)


def planned(name: str, *wishes: Wish, **more: Any) -> Package:
    plan = answer(*wishes, **more)
    assert isinstance(plan, Plan), [each.says for each in plan.refusal]
    package = plan.package(name)
    assert package is not None
    return package


def tied(name: str, specifier: str, index: str) -> Wish:
    return Wish(name=name, specifier=specifier, index=index, origin="pyproject.toml:7")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (f"{INDEX}/cu128", Place("pytorch", "cu128")),
        (f"{INDEX}/cu113/torch_stable.html", Place("pytorch", "cu113")),
        (f"{INDEX}/torch_stable.html", Place("pytorch", "")),
        (WHEEL, Place("pytorch", "cu121")),
        ("https://mirror.example/pytorch-wheels/cu121/", Place("pytorch", "cu121")),
        ("https://mirror.example/pytorch/whl/cu118", Place("pytorch", "cu118")),
        (f"{INDEX}/nightly/cu128", None),
        ("https://index.example/simple", None),
        ("https://wheels.example/flash-attn/cu121", None),
    ],
)
def test_an_address_is_a_place_and_a_build(address: str, place: Place | None) -> None:
    assert place_at(address, FACTS.frameworks) == place


def test_a_tie_decides_the_build_and_its_index_counts() -> None:
    package = planned("torch", tied("torch", ">=2.7", f"{INDEX}/cu128"))
    assert (package.version, package.build, package.local) == ("2.11.0", "cu128", "cu128")
    assert package.source == "PyTorch's index"


def test_the_build_that_the_package_index_has_too_comes_from_where_it_is_tied_to() -> None:
    package = planned("torch", tied("torch", "==2.10.0", f"{INDEX}/cu128"))
    assert (package.build, package.local, package.source) == ("cu128", "cu128", "PyTorch's index")


def test_a_lock_of_the_package_index_is_not_served_by_another() -> None:
    assert planned("torch", tied("torch", "==2.7.1", "https://index.example/simple"), sources="all").build == "cu126"


def test_a_tie_alone_is_let_go_where_nothing_else_must_change() -> None:
    refusal = answer(tied("torch", ">=2.5", f"{INDEX}/cu124"), gpu="RTX 5090", driver="575")
    assert isinstance(refusal, Refusal)
    assert "compute-capability-not-in-build" in {each.cause for each in refusal.refusal}
    assert ("torch>=2.5",) in [each.change.require for each in refusal.relaxations]


def test_a_tie_to_the_cpu_builds_is_called_what_it_is() -> None:
    refusal = answer(tied("torch", "", f"{INDEX}/cpu"))
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].cause == "cpu-only-package-installed"


def test_a_newer_release_is_left_out_because_of_the_tie_and_that_is_said() -> None:
    plan = answer(tied("torch", ">=2.7", f"{INDEX}/cu126"), driver="580")
    assert isinstance(plan, Plan)
    assert any("pyproject.toml:7" in each.says and "cu126" in each.says for each in plan.reasons), [each.says for each in plan.reasons]


def test_the_address_of_a_wheel_binds_version_build_and_python() -> None:
    plan = answer(wish_of(f"torch @ {WHEEL}"))
    assert isinstance(plan, Plan)
    package = plan.package("torch")
    assert package is not None
    assert (package.version, package.build, plan.python, plan.accelerator) == ("2.1.2", "cu121", "3.10", "cuda")
    assert plan.requirements == (f"torch @ {WHEEL}",)


def test_the_address_alone_is_enough() -> None:
    assert planned("torch", wish_of(WHEEL)).version == "2.1.2"


@pytest.mark.parametrize(("gpu", "os", "cause"), [("RTX 5090", "linux", "compute-capability-not-in-build"), ("RTX 3090", "windows", "platform-without-build")])
def test_a_wheel_that_cannot_serve_the_target_is_refused_with_the_change(gpu: str, os: str, cause: str) -> None:
    refusal = answer(wish_of(f"torch @ {WHEEL}"), gpu=gpu, os=os, driver="580")
    assert isinstance(refusal, Refusal)
    assert [each.cause for each in refusal.refusal] == [cause]
    ways = [each for each in refusal.relaxations if each.change.require]
    assert ways
    assert ways[0].plan.accelerator == "cuda"


def test_a_wheel_of_the_package_index_by_its_address_is_that_build() -> None:
    wheel = "https://files.example/packages/torch-2.6.0-cp312-cp312-manylinux1_x86_64.whl"
    plan = answer(wish_of(f"torch @ {wheel}"))
    assert isinstance(plan, Plan)
    assert plan.python == "3.12"
    package = plan.package("torch")
    assert package is not None
    assert package.build == "cu124"


def test_a_wheel_that_no_catalogue_knows_goes_to_uv_as_it_is() -> None:
    own = "torch @ https://files.example/torch-2.6.0a0%2Bgit1a2b3c-cp312-cp312-linux_x86_64.whl"
    plan = answer(wish_of(own), wish_of("numpy"))
    assert isinstance(plan, Plan)
    assert plan.package("torch") is None
    assert own in plan.requirements


@pytest.mark.parametrize("label", ["cu121", "cu124"])
def test_a_pair_by_its_label_is_the_package_indexs_own_where_that_bears_the_label(label: str) -> None:
    pair = {"cu121": ("2.1.2", "0.16.2"), "cu124": ("2.6.0", "0.21.0")}[label]
    wishes = (wish_of(f"torch=={pair[0]}+{label}"), wish_of(f"torchvision=={pair[1]}+{label}"))
    plan = answer(*wishes)
    assert isinstance(plan, Plan), [each.says for each in plan.refusal]
    assert {each.build for each in plan.packages if each.requested} == {label}
