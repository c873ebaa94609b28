"""Tries the ways out of a refusal with uv where requirements go along that the catalogue does not plan, so that each of them can be installed."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.errors import DrivetrainError
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Plan, Refusal, Relaxation
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.asking import with_wishes
from drivetrain.workflows.machine import changed_machine
from drivetrain.workflows.resolving import WAYS_OUT, Bench, resolved


def tried(refusal: Refusal, request: Request, bench: Bench) -> Refusal:
    """Gives the refusal with the ways out that uv can lock; one that it cannot is given with what must be left out besides, or not at all."""
    ways = [way for each in refusal.relaxations[:WAYS_OUT] if (way := _tried(each, request, bench)) is not None]
    return replace(refusal, relaxations=tuple(ways))


def _tried(way: Relaxation, request: Request, bench: Bench) -> Relaxation | None:
    if not way.plan.requirements or way.plan.engine != "pip":
        return way
    other = replace(bench, machine=machine_under(way.change, bench.machine))
    found = resolved(request_under(way.change, request), other, way.plan)
    if isinstance(found.plan, Plan):
        return replace(way, plan=found.plan)
    further = next(iter(found.plan.relaxations), None)
    if further is None:
        return None
    change = replace(way.change, drop=(*way.change.drop, *further.change.drop))
    return Relaxation(change=change, says=say("{one}, and {other}", one=way.says, other=further.says), plan=further.plan)


def request_under(change: Change, request: Request) -> Request:
    """Gives the request under the change."""
    from drivetrain.formats.requirements import wish_of

    wishes = [wish_of(each) for each in change.require]
    if change.python:
        wishes.append(wish_of(f"python=={change.python}"))
    dropped = {wish_of(each).name for each in change.drop}
    changed = replace(request, wishes=tuple(each for each in request.wishes if each.name not in dropped))
    fields = {name: value for name in ("accelerator", "engine", "sources", "gpus") if (value := getattr(change, name)) is not None}
    return with_wishes(replace(changed, **fields), tuple(wishes))


def machine_under(change: Change, machine: Machine) -> Machine:
    """Gives the machine under the change; one that cannot be made stays as it was."""
    if not change.os and not change.driver:
        return machine
    try:
        return changed_machine(machine, os=change.os, arch=None, gpus=(), driver=change.driver, glibc=None)
    except DrivetrainError:
        return machine
