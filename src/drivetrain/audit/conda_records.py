"""Gives the answer of rules about conda's packages where there is nothing to ask about."""

from __future__ import annotations

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Outcome
from drivetrain.words import say


def without_records(context: Context, rule: Rule) -> Outcome | None:
    """Gives the answer in an environment that is not conda's, or whose records could not be read; None where there are some."""
    if context.environment.kind != "conda":
        return rule.clear(WHOLE, say("no environment of conda's"))
    return None if context.environment.conda else rule.unknown(WHOLE, say("conda's own records could not be read"))
