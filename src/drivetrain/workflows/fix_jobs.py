"""What is done about one finding, and which two of such jobs contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from drivetrain.formats.requirements import wish_of
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


class Job(Struct, frozen=True, kw_only=True):
    """One finding that a new environment can clear, and the fix that was chosen for it."""

    finding: Outcome
    edit: Edit
    freed: frozenset[str] = frozenset()
    """Distributions that must not keep their version for its sake."""
    again: tuple[str, ...] = ()
    """Those whose files are put back in the version that is here."""
    anew: bool = False
    """Whether new files alone clear it, whatever the versions."""
    first: tuple[str, ...] = ()
    """What its owner types before anything is installed, where the environment is not ours."""


def contradictions(jobs: list[Job]) -> Iterator[str]:
    """Says of every two fixes that cannot both be: a version and one that it excludes, or what one takes out and the other puts back."""
    for one, other in combinations(jobs, 2):
        for name, text in _named(one):
            for same, against in _named(other):
                if name == same and text != against and _exclude(text, against):
                    yield say(
                        "{one} [{one_cause}] and {other} [{other_cause}] contradict each other: the plan decides",
                        one=text or say("{name} goes", name=name), one_cause=one.finding.cause,
                        other=against or say("{name} goes", name=name), other_cause=other.finding.cause,
                    )  # fmt: skip


def _named(job: Job) -> list[tuple[str, str]]:
    """Gives (name, requirement) of an edit; an empty requirement for what goes."""
    return [*((wish_of(text).name, text) for text in job.edit.require), *((wish_of(text).name, "") for text in job.edit.drop)]


def _exclude(one: str, other: str) -> bool:
    if not one or not other:
        return True
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    sets = [SpecifierSet(wish_of(each).specifier) for each in (one, other)]
    for mine, against in (sets, sets[::-1]):
        for each in mine:
            try:
                if each.operator == "==" and not each.version.endswith(".*") and not against.contains(each.version, prereleases=True):
                    return True
            except InvalidVersion:
                return False
    return False
