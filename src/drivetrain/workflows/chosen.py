"""Chooses among several plans of one file the one that is for this machine, or for what is named."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NoReturn

from drivetrain.errors import UsageError
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason
from drivetrain.model.plans import PlanFor, Plans
from drivetrain.report.typed import requirement_name
from drivetrain.words import say
from drivetrain.workflows.machine import has_usable_gpu
from drivetrain.workflows.parties import platform, platform_of

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue


def chosen(plans: Plans, wanted: str | None, machine: Machine, file: str, facts: Catalogue) -> PlanFor:
    """Gives the one row; raises UsageError that lists what there is where none fits, or several for different things do."""
    rows = [each for each in plans.plans if isinstance(each.plan, Plan)]
    if wanted is not None:
        rows = [each for each in rows if wanted in _names(each)] or _nobody(wanted, rows, file)
    here = [each for each in rows if each.platform is None or (each.platform.os, each.platform.arch) == platform(machine)]
    if not here:
        places = ", ".join(dict.fromkeys(f"{each.platform.os}-{each.platform.arch}" for each in rows if each.platform)) or "-"
        says = say("{file} has no plan for {platform}, only for {places}", file=file, platform="-".join(platform(machine)), places=places)
        raise UsageError(says, say("plan on this machine: drivetrain plan ..."))
    if wanted is not None and len(here) == 1:
        # Who names one has looked at it: that it does not use this machine's GPU, or that the machine has none yet, is theirs to know.
        return here[0]
    judged = [(each, _stopped(each, machine, facts)) for each in here]
    fitting = [each for each, reason in judged if reason is None]
    if not fitting:
        says = say("no plan of {file} fits this machine: {why}", file=file, why=next(reason.says for _, reason in judged if reason))
        raise UsageError(says, say("plan on this machine: drivetrain plan ..."))
    if len({frozenset(map(requirement_name, each.names)) for each in fitting}) > 1:
        raise UsageError(say("{count} plans of {file} are for this machine", count=len(fitting), file=file), _which(fitting, file))
    return max(fitting, key=lambda row: _nearness(row, machine))


def _nobody(wanted: str, rows: list[PlanFor], file: str) -> NoReturn:
    raise UsageError(say("{file} has no plan for {name}", file=file, name=wanted), _which(rows, file))


def _stopped(row: PlanFor, machine: Machine, facts: Catalogue) -> Reason | None:
    from drivetrain.solve.holding import no_longer_holds

    assert isinstance(row.plan, Plan)
    return next(iter(no_longer_holds(row.plan, None, machine, facts)), None)


def _nearness(row: PlanFor, machine: Machine) -> tuple[bool, bool]:
    """Gives how near the machine that a plan was made for is to this one: the same GPUs, the GPU used where there is one."""
    assert isinstance(row.plan, Plan)
    same = row.platform is not None and row.platform.capabilities == platform_of(machine).capabilities
    return same, (row.plan.accelerator == "cuda") == has_usable_gpu(machine)


def _names(row: PlanFor) -> set[str]:
    """Everything that a row can be called: its machines or targets, its requirements, its environment."""
    files = {PurePath(each).name for each in row.machines} | {PurePath(each).stem for each in row.machines}
    return {*row.machines, *files, *map(requirement_name, row.names), row.prefix} - {""}


def _which(rows: list[PlanFor], file: str) -> str:
    """Gives the lines that name each."""
    several = len({each.names for each in rows}) > 1
    names = [requirement_name(each.names[0]) if several or not each.machines else each.machines[0] for each in rows]
    lines = (f"drivetrain install {file} --for {name}" + (f" --prefix {row.prefix}" if row.prefix else "") for name, row in zip(names, rows, strict=True))
    return say("say which: {lines}", lines=" ; ".join(lines))
