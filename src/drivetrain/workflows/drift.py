"""Compares the machine that an environment was made for with the one at hand, and asks the relations of its plan again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drivetrain.catalogue import Catalogue
from drivetrain.model.machine import Machine, Note
from drivetrain.model.outcome import Fix, Outcome
from drivetrain.model.plan import Reason
from drivetrain.report.shell import command_line
from drivetrain.words import say
from drivetrain.workflows.parties import platform
from drivetrain.workflows.prefixes import DEFAULT, shown

if TYPE_CHECKING:
    from drivetrain.install import Owner

_GRAVE = (
    "driver-library-version-mismatch",
    "kernel-module-not-built-for-running-kernel",
    "nouveau-active",
    "nvidia-uvm-device-missing",
    "fabric-manager-not-running",
    "gpu-fell-off-bus",
    "container-without-gpu",
    "wsl-driver-stub-missing",
    "wsl-without-gpu-support",
)
"""Notes of a probe that say why a GPU cannot be used at all."""


def drift_of(owner: Owner, machine: Machine, facts: Catalogue) -> tuple[Outcome, ...]:
    """Gives what has changed and what of the plan no longer holds; nothing for an environment that keeps no machine."""
    from drivetrain.audit.drift import changes_between, drift_outcomes

    if owner.kind != "ours" or owner.machine is None:
        return ()
    changes = changes_between(owner.machine, machine)
    new_notes = tuple(each for each in machine.notes if each.cause in _GRAVE and each.cause not in {old.cause for old in owner.machine.notes})
    if new_notes and not changes:
        changes = tuple(each.says for each in new_notes)
    if not changes:
        return drift_outcomes((), (), _fix(Path(owner.prefix)))
    reasons = tuple(_noted(each) for each in new_notes) + lost(owner, machine, facts)
    return drift_outcomes(changes, reasons, _fix(Path(owner.prefix)))


def holds_no_longer(owner: Owner, machine: Machine, cache_dir: str | None) -> bool:
    """Tells whether the machine has changed so that the environment's plan no longer holds; quick where it has not changed."""
    from drivetrain.audit.drift import changes_between
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.facts import catalogue_for

    if owner.machine is None or not changes_between(owner.machine, machine):
        return False
    return bool(lost(owner, machine, catalogue_for(None, machine, cache_folder(cache_dir), here=False)))


def lost(owner: Owner, machine: Machine, facts: Catalogue) -> tuple[Reason, ...]:
    """Gives the relations of the plan that hold no longer, and held on the machine that it was made for."""
    if owner.machine is None:
        return _failing(owner, machine, facts)
    before = {(each.cause, each.about) for each in _failing(owner, owner.machine, facts)}
    return tuple(each for each in _failing(owner, machine, facts) if (each.cause, each.about) not in before)


def _failing(owner: Owner, machine: Machine, facts: Catalogue) -> tuple[Reason, ...]:
    from drivetrain.solve.holding import files_that_fit_no_longer, no_longer_holds

    if owner.machine is not None and platform(owner.machine) != platform(machine):
        old, new = ("-".join(platform(each)) for each in (owner.machine, machine))
        return (Reason(cause="platform-without-build", about=old, says=say("made for {old}: nothing in it runs on {new}", old=old, new=new)),)
    files = tuple(each.file for each in owner.lock.artifacts) if owner.lock else ()
    gpus = owner.request.gpus if owner.request else None
    planned = no_longer_holds(owner.plan, gpus, machine, facts) if owner.plan else ()
    known = {(each.cause, each.about) for each in planned}
    unfit = files_that_fit_no_longer(files, "-".join(platform(machine)), machine.os.release)
    return (*planned, *(each for each in unfit if (each.cause, each.about) not in known))


def _noted(note: Note) -> Reason:
    return Reason(cause=note.cause, about="GPU", says=note.says)


def _fix(prefix: Path) -> Fix:
    name = shown(prefix)
    command = command_line(("drivetrain", "fix", *(() if name == DEFAULT else (name,))), "posix")
    return Fix(says=say("plan it again for the machine as it is now"), commands=(command,), safety="shown")
