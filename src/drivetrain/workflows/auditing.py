"""Audits an environment: reads it from disk, and asks every rule about it and the machine."""

from __future__ import annotations

from pathlib import Path

from drivetrain.catalogue import Catalogue
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit, Scanned
from drivetrain.model.plan import Plan
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.prefixes import shown


def audit_of(prefix: Path, machine: Machine, plan: Plan | None = None, *, cache_dir: str | None = None) -> Audit:
    """Gives what is wrong in the environment; nothing in it is imported or run."""
    from drivetrain.scan import scan
    from drivetrain.workflows.facts import catalogue_for

    facts = catalogue_for(None, machine, cache_folder(cache_dir), here=False)
    return audit_of_scanned(scan(prefix), machine, facts, plan, shown(prefix))


def audit_of_scanned(environment: Environment, machine: Machine, facts: Catalogue, plan: Plan | None, name: str) -> Audit:
    """Gives what is wrong in an environment that has been read; `name` is what people call it."""
    from drivetrain.audit import audit

    scanned = Scanned(distributions=len(environment.installed), binaries=environment.binaries, bytes=environment.bytes)
    return Audit(prefix=name, scanned=scanned, outcomes=audit(machine, environment, facts, plan))
