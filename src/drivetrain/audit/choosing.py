"""Tells the findings that count from those that their owner has chosen to leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec.structs import replace

from drivetrain.audit.rule import ranked
from drivetrain.model.choice import Choice, Selection
from drivetrain.model.outcome import Audit, Ignored, Outcome


def chosen(audit: Audit, choice: Choice) -> Audit:
    """Gives the audit with severities as the house gives them, and what does not count apart.

    Answers that are no finding are left out with their cause; a finding never vanishes: it is among `ignored`, with who says so.
    """
    if choice.is_empty:
        return audit
    left: list[Outcome] = []
    ignored: list[Ignored] = []
    for each in (_graded(one, choice) for one in audit.outcomes):
        by = _excluded(each, choice)
        if by is None:
            left.append(each)
        elif each.state == "found":
            ignored.append(Ignored(outcome=each, by=by.by, why=by.why))
    left, known, gone = _without_known(left, choice)
    return replace(audit, outcomes=ranked(left), ignored=(*audit.ignored, *ignored, *known), baseline_gone=gone)


def matches(cause: str, patterns: Iterable[str]) -> bool:
    """Tells whether a slug is one of those, or fits one with "*" in it."""
    return any(fnmatchcase(cause, each) for each in patterns)


def _graded(outcome: Outcome, choice: Choice) -> Outcome:
    given = [severity for cause, severity in choice.severity if matches(outcome.cause, (cause,))]
    return replace(outcome, severity=given[-1]) if given else outcome


def _excluded(outcome: Outcome, choice: Choice) -> Selection | None:
    """Gives what takes an answer out; None where it counts."""
    if choice.select and not any(matches(outcome.cause, each.causes) for each in choice.select):
        return choice.select[0]
    whole = next((each for each in choice.ignore if not each.about and matches(outcome.cause, each.causes)), None)
    if whole is not None:
        return whole
    # A finding about several distributions is left out when it is for each of them: it is the others' too.
    mine = [each for each in choice.ignore if each.about and matches(outcome.cause, each.causes)]
    names = {each.strip() for each in outcome.about.split(",")}
    return next((each for each in mine if each.about in names), None) if names <= {each.about for each in mine} else None


def _without_known(outcomes: list[Outcome], choice: Choice) -> tuple[list[Outcome], list[Ignored], tuple[str, ...]]:
    """Parts what a baseline has written down from what is new; and says what it holds that is there no longer.

    An entry stands for one finding: a second one like it is new. One that does not count for another reason is met all the same.
    """
    if choice.baseline is None:
        return outcomes, [], ()
    open_entries = Counter(each.identity for each in choice.baseline.findings)
    left, known = [], []
    for each in outcomes:
        if each.state == "found" and open_entries[each.identity]:
            open_entries[each.identity] -= 1
            known.append(Ignored(outcome=each, by=choice.baseline_name))
        else:
            left.append(each)
    return left, known, tuple(f"{each.about} [{each.cause}]" for each in choice.baseline.findings if open_entries[each.identity])
