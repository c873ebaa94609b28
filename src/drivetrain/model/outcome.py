"""What an audit says: one outcome per rule and subject, with evidence and fixes."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.loading import Loading
from drivetrain.model.plan import Edit

State = Literal["found", "clear", "unknown"]
Severity = Literal["error", "warning", "note"]
Threshold = Literal["error", "warning", "note", "never"]
"""From which severity on a finding fails the command."""

_THRESHOLDS: tuple[Threshold, ...] = ("error", "warning", "note", "never")


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What proves it: a file of the environment, or a line of a log."""

    text: str
    path: str | None = None
    line: int | None = None


class Fix(Struct, frozen=True, kw_only=True):
    """What mends it."""

    says: str
    edit: Edit | None = None
    commands: tuple[str, ...] = ()
    safety: Literal["safe", "unsafe", "shown"] = "safe"


class Outcome(Struct, frozen=True, kw_only=True):
    """One rule's answer about one subject."""

    cause: str
    state: State
    severity: Severity
    about: str
    says: str
    evidence: tuple[Evidence, ...] = ()
    fix: tuple[Fix, ...] = ()
    sources: tuple[str, ...] = ()


class Scanned(Struct, frozen=True, kw_only=True):
    """How much was read."""

    distributions: int
    binaries: int
    bytes: int


class Audit(Struct, frozen=True, kw_only=True):
    """What is wrong in an environment."""

    schema: Literal["drivetrain/audit/1"] = "drivetrain/audit/1"
    prefix: str
    scanned: Scanned
    outcomes: tuple[Outcome, ...]
    site_packages: str = ""
    """The folder that evidence's paths are relative to, itself relative to the prefix; "/" between parts."""
    metadata: FrozenMap[str] = field(default_factory=FrozenMap)
    """Of each distribution that something was found about: its dist-info, egg-info or conda-meta entry, relative to `site_packages`."""

    loader: Loading | UnsetType = UNSET
    """With `--loader`: what one framework would load, from where, and why."""

    def found(self, severity: Severity | None = None) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.state == "found" and severity in (None, each.severity))

    def failing(self, threshold: Threshold = "error") -> tuple[Outcome, ...]:
        """Gives the findings that fail the command: those as bad as the threshold, or worse."""
        counted = _THRESHOLDS[: _THRESHOLDS.index(threshold) + 1] if threshold != "never" else ()
        return tuple(each for each in self.found() if each.severity in counted)
