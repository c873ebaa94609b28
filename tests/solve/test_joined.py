"""The machine that stands for several: what a plan for it holds, holds on each of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Driver, Index, Interpreter, Machine, OperatingSystem
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of
from drivetrain.solve.holding import no_longer_holds
from drivetrain.solve.joined import joined, same_to_a_plan

MACHINES = Path(__file__).parents[1] / "machines"
LINUX = (
    "rtx-4090-driver-560",
    "rtx-5090-driver-575",
    "v100-driver-580",
    "h100-driver-570",
    "gtx-1080-driver-580",
    "wsl2-rtx-4070-driver-551",
    "described-linux-rtx-4090-driver-550",
    "cpu-debian-12",
)
REQUEST = Request(wishes=(wish_of("torch"),), sources="index", fetch_python=True)


@cache
def facts() -> Catalogue:
    return catalogue()


@cache
def machine(name: str) -> Machine:
    return machine_of((MACHINES / f"{name}.json").read_text(), name)


def whole(*machines: Machine, request: Request = REQUEST) -> tuple[Request, Machine]:
    return joined(request, machines, facts().frameworks)


# The pairs in a circle: each machine with two others, in a quarter of the time that all pairs take.
@pytest.mark.parametrize("names", list(zip(LINUX, (*LINUX[3:], *LINUX[:3]), strict=True)), ids=" + ".join)
def test_what_a_plan_for_both_holds_holds_on_each(names: tuple[str, str]) -> None:
    request, both = whole(*(machine(each) for each in names))
    plan = solve(request, both, facts(), relaxations=False)
    if not isinstance(plan, Plan):
        pytest.skip("no stack serves both")
    for name in names:
        if plan.accelerator == "cuda" and machine(name).gpus:
            assert no_longer_holds(plan, None, machine(name), facts()) == ()
        assert plan.python in target_of(REQUEST, machine(name), facts().frameworks).pythons


def test_the_oldest_driver_c_library_and_every_gpu_decide() -> None:
    _, both = whole(machine("rtx-4090-driver-560"), machine("v100-driver-580"))
    assert both.driver is not None
    assert both.driver.version.startswith("560")
    assert {each.compute_capability for each in both.gpus} == {"8.9", "7.0"}
    old = replace(machine("rtx-4090-driver-560"), os=OperatingSystem(family="linux", glibc="2.17"))
    assert whole(machine("v100-driver-580"), old)[1].os.glibc == "2.17"


def test_drivers_that_count_differently_are_compared_by_the_cuda_that_they_serve() -> None:
    _, both = whole(machine("wsl2-rtx-4070-driver-551"), machine("rtx-4090-driver-560"))
    assert both.driver == Driver(version="", cuda="12.4", source="described")
    assert both.os.wsl is None


def test_pythons_in_common() -> None:
    one = replace(machine("rtx-4090-driver-560"), pythons=tuple(Interpreter(path=f"/{each}", version=each) for each in ("3.11.7", "3.12.1")))
    other = replace(one, pythons=tuple(Interpreter(path=f"/{each}", version=each) for each in ("3.12.9", "3.13.0")))
    asked = replace(REQUEST, fetch_python=False)
    assert [each.version for each in whole(one, other, request=asked)[1].pythons or ()] == ["3.12.1"]
    anything = replace(one, pythons=None)
    assert [each.version for each in whole(anything, other, request=asked)[1].pythons or ()] == ["3.13.0", "3.12.9"]
    assert whole(anything, anything, request=asked)[1].pythons is None


def test_only_places_that_all_of_them_count() -> None:
    index, own = Index(kind="index", name="https://index.example/simple"), Index(kind="find-links", name="/wheels")
    one = replace(machine("rtx-4090-driver-560"), indexes=(index, own))
    assert whole(one, replace(one, indexes=(index,)))[1].indexes == (index,)
    request, both = whole(replace(one, indexes=(own,)), replace(one, indexes=(index,)), request=replace(REQUEST, sources="auto"))
    assert both.indexes == ()
    assert request.sources == "index"


def test_a_machine_without_a_gpu_takes_the_stack_of_the_others() -> None:
    request, both = whole(machine("cpu-debian-12"), machine("rtx-4090-driver-560"))
    assert request.accelerator == "cuda"
    plan = solve(request, both, facts(), relaxations=False)
    assert isinstance(plan, Plan)
    assert plan.accelerator == "cuda"


def test_machines_between_which_no_relation_can_tell_are_one() -> None:
    one = machine("rtx-4090-driver-560")
    other = replace(one, memory_bytes=1, gpus=(replace(one.gpus[0], uuid="GPU-other", name="NVIDIA L40"),))
    assert same_to_a_plan(REQUEST, one, facts().frameworks) == same_to_a_plan(REQUEST, other, facts().frameworks)
    assert same_to_a_plan(REQUEST, one, facts().frameworks) != same_to_a_plan(REQUEST, machine("v100-driver-580"), facts().frameworks)
