"""Looks at this machine, or makes one of what flags say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivetrain.model.machine import Machine


def probe(*, timeout_seconds: float = 2.0, check_indexes: bool = False) -> Machine:
    """Gives this machine; each source that may hang is left out after the time-out, and what fails or disagrees is a note."""
    from drivetrain.probe.readings import finished, started

    process = started(timeout_seconds)
    # Imported while the other process looks around.
    from drivetrain.probe.assembly import machine_of_readings

    machine = machine_of_readings(finished(process, timeout_seconds))
    if not check_indexes:
        return machine
    from msgspec.structs import replace

    from drivetrain.probe.reachability import reachable

    return replace(machine, indexes=reachable(machine.indexes, timeout_seconds))


def described(*, os: str | None = None, arch: str | None = None, gpus: tuple[str, ...] = (), driver: str | None = None, glibc: str | None = None) -> Machine:
    """Gives a machine as flags describe it; raises UsageError for names that are unknown or mean several chips."""
    from drivetrain.probe.describing import described as made

    return made(os=os, arch=arch, gpus=gpus, driver=driver, glibc=glibc)
