"""Audits an environment: reads it from disk, and asks every rule about it and the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.choice import Choice
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit, Outcome, Scanned
from drivetrain.model.plan import Plan
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.prefixes import shown

if TYPE_CHECKING:
    from drivetrain.install import Owner


class Judged(Struct, frozen=True, kw_only=True):
    """An environment that was looked at on its machine: whose it is, what it holds, what is wrong, and what its machine's changes have brought."""

    owner: Owner
    environment: Environment
    facts: Catalogue
    drift: tuple[Outcome, ...]
    audit: Audit


def audit_of(prefix: Path, machine: Machine, *, read: Environment | None = None, here: bool = True, loader: str = "", cache_dir: str | None = None) -> Audit:
    """Gives what is wrong in the environment, and what has changed of its machine; nothing in it is imported or run.

    `read`: it, where it has been read already; `here`: whether the machine is this one, whose loader is then asked; `loader`: a framework of which the
    tree of libraries is wanted.
    """
    from drivetrain.workflows.loading import loading_of

    done = judged(prefix, machine, read=read, here=here, cache_dir=cache_dir)
    return replace(done.audit, loader=loading_of(done.environment, loader)) if loader else done.audit


def judged(prefix: Path, machine: Machine, *, read: Environment | None = None, here: bool = True, cache_dir: str | None = None) -> Judged:
    """Gives the same with all that it rests on, for whoever goes on from there."""
    from drivetrain.install import owner_of
    from drivetrain.workflows.drift import drift_of
    from drivetrain.workflows.facts import catalogue_for
    from drivetrain.workflows.inside import inside
    from drivetrain.workflows.loading import scanned, with_system

    cache = cache_folder(cache_dir)
    facts = catalogue_for(None, machine, cache, here=False)
    environment = scanned(prefix, machine, here=here, cache=cache) if read is None else with_system(read, machine, here=here, cache=cache)
    owner = owner_of(prefix)
    drift = drift_of(owner, machine, facts)
    audit = _with_drift(audit_of_scanned(environment, inside(owner, machine), facts, None, shown(prefix)), drift)
    return Judged(owner=owner, environment=environment, facts=facts, drift=drift, audit=audit)


def _with_drift(audit: Audit, drift: tuple[Outcome, ...]) -> Audit:
    """Adds what the machine's changes have brought, but for what the environment's own files say already."""
    from drivetrain.audit.rule import ranked

    said = {each.cause for each in audit.found()}
    return replace(audit, outcomes=ranked((*audit.outcomes, *(each for each in drift if each.state != "found" or each.cause not in said))))


def audit_of_scanned(environment: Environment, machine: Machine, facts: Catalogue, plan: Plan | None, name: str) -> Audit:
    """Gives what is wrong in an environment that has been read; `name` is what people call it."""
    from drivetrain.audit import audit

    scanned = Scanned(distributions=len(environment.installed), binaries=environment.binaries, bytes=environment.bytes)
    outcomes = audit(machine, environment, facts, plan)
    found = {each.about for each in outcomes if each.state == "found"}
    entries = FrozenMap({one.name: one.path for one in environment.installed if one.name in found})
    return Audit(prefix=name, scanned=scanned, outcomes=outcomes, site_packages=_site_of(environment), metadata=entries)


def counting(audit: Audit, choice: Choice | None) -> Audit:
    """Gives the audit with what does not count apart; as it is where nobody has chosen."""
    if choice is None:
        return audit
    from drivetrain.audit.choosing import chosen

    return chosen(audit, choice)


def _site_of(environment: Environment) -> str:
    """Gives where packages lie, relative to the prefix; as it is where that is elsewhere."""
    try:
        return Path(environment.site_packages).relative_to(environment.prefix).as_posix()
    except ValueError:
        return environment.site_packages
