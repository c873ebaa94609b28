"""What people type from memory or from an old file: extras in brackets, names of parts, names that were given up."""

from __future__ import annotations

from typing import Literal

import pytest

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Package, Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()


def answer(*requirements: str, os: str = "linux", gpu: bool = True, driver: str = "580", sources: Literal["auto", "index"] = "auto") -> Plan | Refusal:
    machine = described(os=os, gpus=("sm_89",) if gpu else (), driver=driver if gpu else None)
    return solve(Request(wishes=tuple(wish_of(each) for each in requirements), sources=sources), machine, FACTS)


def planned(name: str, *requirements: str, os: str = "linux", gpu: bool = True, driver: str = "580") -> Package:
    plan = answer(*requirements, os=os, gpu=gpu, driver=driver)
    assert isinstance(plan, Plan)
    package = plan.package(name)
    assert package is not None
    return package


@pytest.mark.parametrize("typed", ["jax[cuda12]", "jax[cuda12_pip]", "jax[cuda12-local]"])
def test_an_extra_that_names_a_family_binds_it(typed: str) -> None:
    assert planned("jax", "jax").extras == ("cuda13",)
    assert planned("jax", typed).extras == ("cuda12",)


def test_an_extra_that_the_driver_does_not_serve_is_refused_and_the_name_alone_offered() -> None:
    refusal = answer("jax[cuda13]", driver="550")
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].cause == "driver-too-old-for-cuda"
    assert ("jax",) in [each.change.require for each in refusal.relaxations]


def test_on_a_cpu_an_extra_that_brings_cuda_is_left_out_and_said() -> None:
    plan = answer("tensorflow[and-cuda]", gpu=False)
    assert isinstance(plan, Plan)
    assert plan.cuda is None
    assert [each.cause for each in plan.reasons] == ["cuda-build-on-cpu"]


def test_other_extras_go_with_the_distribution() -> None:
    assert planned("jax", "jax[k8s]").extras == ("cuda13", "k8s")
    assert planned("torch", "torch[opt_einsum]").extras == ("opt-einsum",)


def test_an_extra_that_came_later_is_no_obstacle() -> None:
    assert planned("tensorflow", "tensorflow[and-cuda]==2.13.*").version.startswith("2.13.")


@pytest.mark.parametrize(("typed", "os"), [("tensorflow-intel", "windows"), ("tensorflow-intel", "linux"), ("tensorflow-macos", "linux")])
def test_a_part_that_held_the_binaries_of_one_system_is_the_framework(typed: str, os: str) -> None:
    plan = answer(typed, os=os, gpu=False)
    assert isinstance(plan, Plan)
    assert plan.package("tensorflow") is not None
    assert plan.reasons[0].cause == "removed-package-name"
    assert typed in plan.reasons[0].says


def test_a_version_of_a_part_that_exists_there_is_what_was_asked_for() -> None:
    assert planned("tensorflow-macos", "tensorflow-macos==2.12.*", os="macos", gpu=False).version == "2.12.0"


def test_a_name_that_was_given_up_is_refused_under_the_name_that_was_typed() -> None:
    refusal = answer("tensorflow-gpu==2.9.*", "python==3.13")
    assert isinstance(refusal, Refusal)
    assert refusal.refusal[0].about == "tensorflow-gpu==2.9.*"


def test_a_framework_that_only_comes_along_may_do_without_the_gpu() -> None:
    # tensorflow 2.12 requires jax, whose builds for its CUDA 11 lie on JAX's own page: they are taken where jax itself is asked for.
    plan = answer("tensorflow==2.12.*")
    assert isinstance(plan, Plan)
    assert plan.cuda is not None
    assert plan.cuda.family == 11
    assert "+" not in (plan.package("jaxlib") or plan.packages[0]).version
    assert planned("jaxlib", "tensorflow==2.12.*", "jax").version.endswith("+cuda11.cudnn86")
    refusal = answer("tensorflow==2.12.*", "jax", sources="index")
    assert isinstance(refusal, Refusal)
