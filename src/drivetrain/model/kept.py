"""What an environment of ours keeps of its making, in `drivetrain.json` at its top: the plan, and the machine that it was planned for."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan


class Kept(Struct, frozen=True, kw_only=True):
    """The plan and its machine."""

    schema: Literal["drivetrain/record/1"] = "drivetrain/record/1"
    made: str = ""
    """UTC, "2026-11-24T08:15:00Z"."""
    machine: Machine | None = None
    plan: Plan | None = None
    """None for an environment installed from a bare lock."""


def lasting(machine: Machine) -> Machine:
    """Gives the machine without what is different at every look, and without what says more of its user than of itself."""
    gpus = tuple(replace(gpu, memory_used_bytes=None, utilization_percent=None) for gpu in machine.gpus)
    return replace(machine, gpus=gpus, disk_free_bytes=None, environments=(), constraints=())
