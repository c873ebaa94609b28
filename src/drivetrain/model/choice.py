"""What of an audit counts: causes selected and ignored, by name and for single distributions, severities of the house, and findings known before."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.outcome import Outcome, Severity, Threshold


class Selection(Struct, frozen=True, kw_only=True):
    """Causes that count or do not count, as one place says it."""

    causes: tuple[str, ...]
    """Slugs; "*" stands for any characters."""
    about: str = ""
    """The distribution that it holds for, normalised; empty for the whole environment."""
    by: str = ""
    """The place: "--ignore", "drivetrain.toml:4"."""
    why: str = ""
    """The reason that stands beside it there."""


class Known(Struct, frozen=True, kw_only=True):
    """A finding that a baseline has written down."""

    identity: str
    """`Outcome.identity`: the same from run to run, whatever the versions."""
    cause: str
    about: str
    says: str = ""


class Baseline(Struct, frozen=True, kw_only=True):
    """Findings that were there when a project began to audit: they do not count, new ones do."""

    schema: Literal["drivetrain/baseline/1"] = "drivetrain/baseline/1"
    findings: tuple[Known, ...]


class Choice(Struct, frozen=True, kw_only=True):
    """Everything that says what counts."""

    select: tuple[Selection, ...] = ()
    """None: every cause counts."""
    ignore: tuple[Selection, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    """(cause, the severity that the house gives it); the last that matches holds."""
    fail_on: Threshold | None = None
    baseline: Baseline | None = None
    baseline_name: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.select or self.ignore or self.severity or self.baseline)


def known_of(outcomes: tuple[Outcome, ...]) -> Baseline:
    """Gives the baseline of findings, in an order that does not change from run to run."""
    found = [Known(identity=each.identity, cause=each.cause, about=each.about, says=each.says) for each in outcomes if each.state == "found"]
    return Baseline(findings=tuple(sorted(found, key=lambda each: (each.cause, each.about, each.identity))))
