"""What `explain` says of a log, for the tests of pages: in this process, with nothing but the facts given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from drivetrain.causes.knowledge import knowledge
from drivetrain.diagnose.facts import facts_of
from drivetrain.diagnose.ranking import Ranked, ranked, reading_of
from drivetrain.diagnose.sheet import Sheet
from drivetrain.diagnose.sieve import Sieve
from drivetrain.frameworks import catalogue


def causes(log: str, facts: Mapping[str, Any] | None = None, **more: Any) -> list[str]:
    """Gives the causes in their order."""
    return [each.cause.cause for each in diagnosed(log, facts, **more)]


def first_cause(log: str, facts: Mapping[str, Any] | None = None, **more: Any) -> str | None:
    """Gives the cause that comes first; None where nothing is recognised."""
    return next(iter(causes(log, facts, **more)), None)


def diagnosed(log: str, facts: Mapping[str, Any] | None = None, **more: Any) -> tuple[Ranked, ...]:
    """Gives the ranked causes with what speaks for them."""
    given = facts_of({**(facts or {}), **more})
    sheet = _sheet()
    sieve = Sieve(sheet.patterns)
    sieve.feed(f"{log}\n".encode())
    for key, value in given.items():
        if " " in value and len(value) >= 12:
            sieve.feed_fact(f"{key}: {value}")
    return ranked(reading_of(sheet, sieve, given, _catalogue))


@cache
def _sheet() -> Sheet:
    return Sheet(knowledge())


@cache
def _catalogue() -> Any:
    return catalogue(None)
