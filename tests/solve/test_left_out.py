"""GPUs of several generations in one machine: all served, or the one that is not named, with the way out and what it leaves visible."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Gpu, Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.solve import solve

MACHINES = Path(__file__).parents[1] / "machines"
K80 = Gpu(name="Tesla K80", compute_capability="3.7")


def machine(*further: Gpu) -> Machine:
    found = machine_of((MACHINES / "v100-and-rtx-4090-driver-570.json").read_text(), "machine.json")
    return replace(found, gpus=(*found.gpus, *further))


def asked(text: str, gpus: tuple[int, ...] | None = None) -> Request:
    return Request(wishes=(wish_of(text),), sources="index", gpus=gpus)


def test_every_gpu_is_served_and_nothing_is_said() -> None:
    plan = solve(asked("torch"), machine(), catalogue())
    assert isinstance(plan, Plan)
    assert "gpu-left-out" not in {each.cause for each in plan.findings}


def test_the_one_that_is_not_served_is_named_and_may_be_left_out() -> None:
    refusal = solve(asked("torch>=2.6"), machine(K80), catalogue())
    assert isinstance(refusal, Refusal)
    assert "Tesla K80" in refusal.refusal[0].says
    way = next(each for each in refusal.relaxations if each.change.gpus is not None)
    assert way.change.gpus == (0, 1)
    assert "without Tesla K80" in way.says


def test_what_is_left_out_is_said_to_be_visible_still() -> None:
    plan = solve(asked("torch>=2.6", gpus=(0, 1)), machine(K80), catalogue())
    assert isinstance(plan, Plan)
    (finding,) = [each for each in plan.findings if each.cause == "gpu-left-out"]
    assert "Tesla K80" in finding.says
    assert "CUDA_VISIBLE_DEVICES=GPU-00000001-0000-4000-8000-000000000000,GPU-00000002-" in finding.says


def test_numbers_need_the_order_of_the_bus() -> None:
    bare = machine(K80)
    bare = replace(bare, gpus=tuple(replace(each, uuid=None) for each in bare.gpus))
    plan = solve(asked("torch>=2.6", gpus=(1,)), bare, catalogue())
    assert isinstance(plan, Plan)
    (finding,) = [each for each in plan.findings if each.cause == "gpu-left-out"]
    assert finding.says.endswith("CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1")
    assert "Tesla V100-PCIE-32GB, Tesla K80" in finding.says
