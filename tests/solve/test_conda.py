"""pip or conda: wheels where they have a stack, conda-forge where it alone has one or where it is asked for, and never what the recipes do not say."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
BOTH = described(os="linux", gpus=("GTX 1080", "RTX 5090"), driver="580.65.06", glibc="2.36")
ADA = described(os="linux", gpus=("RTX 4090",), driver="560.35.03", glibc="2.36")


def planned(machine: Machine, *requirements: str, engine: str = "auto") -> Plan | Refusal:
    return solve(Request(wishes=tuple(map(wish_of, requirements)), engine=engine), machine, FACTS, relaxations=False)  # type: ignore[arg-type]


def test_pip_is_taken_where_it_has_a_stack() -> None:
    plan = planned(ADA, "torch", "jax")
    assert isinstance(plan, Plan)
    assert plan.engine == "pip"
    assert not [each for each in plan.reasons if each.about == "conda"]


def test_pip_never_gives_conda() -> None:
    assert isinstance(planned(BOTH, "torch", engine="pip"), Refusal)


def test_conda_is_asked_for() -> None:
    plan = planned(ADA, "tensorflow", "torch", "jax", engine="conda")
    assert isinstance(plan, Plan)
    assert (plan.engine, plan.sources) == ("conda", ("conda-forge",))
    assert {each.source for each in plan.packages} == {"conda-forge"}
    assert plan.download_bytes is None
    assert any("2026" in each for each in plan.assumptions), "that nobody saw the channel itself is said"
    conda, pixi = plan.commands
    assert conda.startswith("conda create -n drivetrain --override-channels -c conda-forge python=")
    assert f"'pytorch={version_in(plan, 'torch')}=cuda129*'" in conda
    assert f"jax={version_in(plan, 'jax')} 'jaxlib={version_in(plan, 'jax')}=cuda129*'" in conda
    assert pixi.startswith("pixi init -c conda-forge drivetrain && cd drivetrain && pixi add python=")


def version_in(plan: Plan, name: str) -> str:
    package = plan.package(name)
    assert package is not None
    return package.version


def test_one_version_of_each_pinned_library_is_in_the_environment() -> None:
    """The newest of each framework on conda-forge pin three different libabseil: only the rows decide which go together."""
    plan = planned(BOTH, "tensorflow", "torch", "jax")
    assert isinstance(plan, Plan)
    chosen = {each.name: each.version for each in plan.packages}
    for name in ("tensorflow", "torch", "jax"):
        rows = [row for row in FACTS.conda_builds[name] if row.version == chosen[name] and row.cuda and "linux-x86_64" in row.platforms]
        assert any(all(satisfies(chosen[each.name], each.specifier) for each in row.requires) for row in rows)


@pytest.mark.parametrize("requirements", [("torch", "numpy<2"), ("tensorflow==2.14.*", "numpy>=2")])
def test_what_the_recipes_do_not_say_is_not_promised_unasked(requirements: tuple[str, ...]) -> None:
    assert isinstance(planned(BOTH, *requirements), Refusal)


def test_what_is_left_to_conda_is_typed_too() -> None:
    plan = planned(ADA, "torch", "torchvision", "numpy<2", engine="conda")
    assert isinstance(plan, Plan)
    assert plan.requirements == ("torchvision", "numpy<2")
    assert plan.commands[0].endswith(" torchvision 'numpy<2'")


def test_a_system_too_old_for_a_recipe_gets_an_older_cuda() -> None:
    old = described(os="linux", gpus=("RTX 4090",), driver="580.65.06", glibc="2.17")
    plan = planned(old, "torch", engine="conda")
    assert isinstance(plan, Plan)
    assert plan.cuda is not None
    assert plan.cuda.family == 12, "the recipes' CUDA 13 builds need glibc 2.28"


def test_without_a_gpu_conda_has_builds_for_the_cpu() -> None:
    plan = planned(described(os="macos", arch="arm64", gpus=(), driver=None), "torch", engine="conda")
    assert isinstance(plan, Plan)
    assert plan.cuda is None
    assert "=cpu*" in plan.commands[0]


def test_what_is_left_to_conda_bounds_the_framework_that_no_version_of_it_works_with() -> None:
    plan = planned(ADA, "tensorflow", "tensorflow-addons", engine="conda")
    assert isinstance(plan, Plan)
    assert satisfies(version_in(plan, "tensorflow"), "<2.16"), "Addons cannot be imported beside Keras 3"
    refused = planned(ADA, "tensorflow>=2.16", "tensorflow-addons", engine="conda")
    assert isinstance(refused, Refusal)
    assert refused.refusal[0].cause == "keras-tf-version-mismatch"
