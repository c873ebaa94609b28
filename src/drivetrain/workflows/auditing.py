"""Audits an environment: reads it from disk, and asks every rule about it and the machine."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit, Outcome, Scanned
from drivetrain.model.plan import Plan
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.prefixes import shown


def audit_of(prefix: Path, machine: Machine, plan: Plan | None = None, *, cache_dir: str | None = None) -> Audit:
    """Gives what is wrong in the environment, and what has changed of its machine; nothing in it is imported or run."""
    from drivetrain.install import owner_of
    from drivetrain.scan import scan
    from drivetrain.workflows.drift import drift_of
    from drivetrain.workflows.facts import catalogue_for

    facts = catalogue_for(None, machine, cache_folder(cache_dir), here=False)
    found = audit_of_scanned(scan(prefix), machine, facts, plan, shown(prefix))
    return with_drift(found, drift_of(owner_of(prefix), machine, facts))


def with_drift(audit: Audit, drift: tuple[Outcome, ...]) -> Audit:
    """Adds what the machine's changes have brought, but for what the environment's own files say already."""
    from drivetrain.audit.rule import ranked

    said = {each.cause for each in audit.found()}
    return replace(audit, outcomes=ranked((*audit.outcomes, *(each for each in drift if each.state != "found" or each.cause not in said))))


def audit_of_scanned(environment: Environment, machine: Machine, facts: Catalogue, plan: Plan | None, name: str) -> Audit:
    """Gives what is wrong in an environment that has been read; `name` is what people call it."""
    from drivetrain.audit import audit

    scanned = Scanned(distributions=len(environment.installed), binaries=environment.binaries, bytes=environment.bytes)
    return Audit(prefix=name, scanned=scanned, outcomes=audit(machine, environment, facts, plan))
