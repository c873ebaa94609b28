"""Says what is wrong in an environment: every rule asked about the machine, the environment and the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.model.environment import Environment
    from drivetrain.model.machine import Machine
    from drivetrain.model.outcome import Outcome
    from drivetrain.model.plan import Plan


def audit(machine: Machine, environment: Environment, catalogue: Catalogue, plan: Plan | None = None) -> tuple[Outcome, ...]:
    """Gives every rule's answers: what was found first, errors before warnings, then what could not be told, then what is clear."""
    from drivetrain.audit.rule import Context, ranked
    from drivetrain.audit.rules import RULES

    context = Context(machine=machine, environment=environment, catalogue=catalogue, plan=plan)
    return ranked(outcome for rule in RULES for outcome in rule.check(context))
