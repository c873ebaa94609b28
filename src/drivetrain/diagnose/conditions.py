"""Conditions of pages over facts: true, false, or None where the facts do not tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from drivetrain.diagnose.facts import TEXTS, absent, number_of
from drivetrain.model.dotted import dotted

_COMPARISON = re.compile(r"([A-Za-z][\w.-]*)\s*(!=|>=|<=|=|<|>|~)\s*(.+)")
_NAME = re.compile(r"[A-Za-z][\w.-]*")
SEEN = "seen:"


class Known(Struct, frozen=True, kw_only=True):
    """What conditions are asked of."""

    facts: Mapping[str, str]
    seen: frozenset[str]
    """Symptoms that the log has."""
    proposition: Callable[[str], bool | None]
    """Gives what the facts say of a proposition; None where they do not tell."""
    propositions: frozenset[str]


def holds(condition: str, known: Known) -> bool | None:
    """Tells whether a condition holds."""
    negated = condition.removeprefix("not ").strip()
    if negated != condition.strip():
        value = holds(negated, known)
        return None if value is None else not value
    if condition.startswith(SEEN):
        return condition[len(SEEN) :].strip() in known.seen
    if found := _COMPARISON.fullmatch(condition):
        return _compared(found[1], found[2], found[3].strip(), known.facts)
    if condition in known.propositions:
        return known.proposition(condition)
    value_of = known.facts.get(condition)
    return None if value_of is None else not absent(value_of)


def all_hold(conditions: Iterable[str], known: Known) -> bool | None:
    """Tells whether all hold: false where one is false, unknown where one is unknown."""
    answers = [holds(each, known) for each in conditions]
    return False if False in answers else None if None in answers else True


def names_in(condition: str) -> tuple[str, str]:
    """Gives the kind ("symptom", "fact" or "name") and the name that a condition asks for; ("", "") for what is no condition."""
    condition = condition.strip().removeprefix("not ").strip()
    if condition.startswith(SEEN):
        return "symptom", condition[len(SEEN) :].strip()
    if found := _COMPARISON.fullmatch(condition):
        return "fact", found[1]
    return ("name", condition) if _NAME.fullmatch(condition) else ("", "")


def _compared(key: str, operator: str, wanted: str, facts: Mapping[str, str]) -> bool | None:
    value = facts.get(key)
    if value is None:
        return None
    if operator in ("=", "!="):
        equal = any(_is(key, value, each.strip()) for each in wanted.split("|"))
        return equal if operator == "=" else not equal
    if operator == "~":
        return re.search(wanted, value, re.IGNORECASE) is not None
    mine, theirs = number_of(value), number_of(wanted)
    if mine is None or theirs is None:
        return None
    size = max(mine.count("."), theirs.count(".")) + 1
    left, right = ((*dotted(each), *(0,) * size)[:size] for each in (mine, theirs))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _is(key: str, value: str, wanted: str) -> bool:
    if key in TEXTS:
        return re.search(rf"(?<![a-z0-9]){re.escape(wanted.lower())}(?![a-z0-9])", value.lower()) is not None
    return value.lower() == wanted.lower() or (wanted[:1].isdigit() and value.startswith(f"{wanted}."))
