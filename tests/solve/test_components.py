"""Wishes for a driver, CUDA and cuDNN are asked of the target: nobody installs a driver with a plan, and a CPU has no CUDA."""

from __future__ import annotations

import json

import msgspec
import pytest

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Driver, Interpreter, Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.components import driver_fits

FACTS = catalogue()


def real(*, gpus: tuple[str, ...] = ("sm_89",), driver: str | None = None) -> Machine:
    machine = described(os="linux", gpus=gpus, driver=driver, glibc="2.36")
    return msgspec.structs.replace(machine, described=False, pythons=(Interpreter(path="/usr/bin/python3", version="3.12.3"),))


def request(*requirements: str) -> Request:
    return Request(wishes=tuple(wish_of(each) for each in requirements))


def refused(asked: Request, machine: Machine) -> Refusal:
    answer = solve(asked, machine, FACTS)
    assert isinstance(answer, Refusal)
    return answer


def test_a_driver_that_is_too_old_is_no_driver_that_could_be_planned() -> None:
    refusal = refused(request("torch", "driver>=580"), real(driver="550.54.14"))
    assert [each.cause for each in refusal.refusal] == ["driver-too-old-for-cuda"]
    changes = [json.loads(msgspec.json.encode(each.change)) for each in refusal.relaxations]
    assert {"driver": "580"} in changes
    assert {"drop": ["driver>=580"]} in changes


def test_a_gpu_without_driver_has_none_of_the_driver_asked_for() -> None:
    assert [each.cause for each in refused(request("torch", "driver>=580"), real()).refusal] == ["no-nvidia-driver"]


def test_a_machine_without_gpu_has_no_driver_either() -> None:
    assert [each.cause for each in refused(request("torch", "driver>=580"), real(gpus=())).refusal] == ["no-nvidia-gpu-on-machine"]


def test_the_driver_that_is_there_meets_the_wish() -> None:
    assert isinstance(solve(request("torch", "driver>=580"), real(driver="595.10"), FACTS), Plan)


@pytest.mark.parametrize("wish", ["driver>=580", "driver<600,>=580"])
def test_a_described_machine_without_driver_is_planned_for_the_lowest_that_is_wished(wish: str) -> None:
    machine = described(os="linux", gpus=("sm_89",))
    plan = solve(request("torch", wish), machine, FACTS)
    assert isinstance(plan, Plan)
    assert not any("driver" in each for each in plan.assumptions)


@pytest.mark.parametrize("wish", ["cuda==12.8", "cudnn>=9"])
def test_a_stack_for_the_cpu_has_neither_cuda_nor_cudnn(wish: str) -> None:
    refusal = refused(request("torch", wish), described(os="linux"))
    assert [each.about for each in refusal.refusal] == [wish]
    changes = [json.loads(msgspec.json.encode(each.change)) for each in refusal.relaxations]
    assert {"accelerator": "cuda"} in changes
    assert {"drop": [wish]} in changes


def test_leaving_the_gpu_leaves_its_components_too() -> None:
    refusal = refused(request("tensorflow==2.13", "cuda==10.2", "python==3.11"), described(os="linux", gpus=("sm_89",), driver="550"))
    way = next(each for each in refusal.relaxations if each.change.accelerator == "cpu")
    assert way.change.drop == ("cuda==10.2",)


def test_ways_out_name_the_lowest_driver_that_helps() -> None:
    machine = msgspec.structs.replace(real(driver="470.82.01"), driver=Driver(version="470.82.01", cuda="11.4"))
    drivers = [each.change.driver for each in refused(request("torch==2.6.*"), machine).relaxations if each.change.driver]
    assert drivers == ["525.60.13"]


def test_a_gpu_of_unknown_capability_is_an_assumption() -> None:
    machine = real(driver="580.95.05")
    unknown = msgspec.structs.replace(machine.gpus[0], name="NVIDIA Something", compute_capability=None)
    plan = solve(request("torch"), msgspec.structs.replace(machine, gpus=(unknown,)), FACTS)
    assert isinstance(plan, Plan)
    assert any("NVIDIA Something" in each for each in plan.assumptions)


@pytest.mark.parametrize(
    ("driver", "wish", "fits"),
    [
        ("550.54.14", ">=550", True),
        ("550.54.14", ">=560", False),
        ("550.54.14", "==550", True),
        ("550.54.14", "!=550", False),
        ("580", ">=580.65.06", True),
        ("580", ">=590", False),
        ("580", "==580.65.06", True),
        ("580", "<580", False),
    ],
)
def test_driver_numbers_match_by_their_parts(driver: str, wish: str, fits: bool) -> None:
    assert driver_fits(driver, wish) is fits
