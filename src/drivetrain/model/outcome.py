"""What an audit says: one outcome per rule and subject, with evidence and fixes."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.loading import Loading
from drivetrain.model.plan import Edit

State = Literal["found", "clear", "unknown"]
Severity = Literal["error", "warning", "note"]
Format = Literal["text", "json", "sarif", "github", "junit"]
"""The documents that an audit can be given as."""
Threshold = Literal["error", "warning", "note", "never"]
"""From which severity on a finding fails the command."""

_ENTRY = re.compile(r"-\d[^/]*(\.dist-info|\.egg-info|\.json)")
"""The version in the name of a dist-info, egg-info or conda-meta entry."""
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

    @property
    def identity(self) -> str:
        """What stays the same about a finding from run to run, whatever the language, the versions and the place of the prefix."""
        from hashlib import sha256

        files = sorted({_ENTRY.sub(r"\1", each.path) for each in self.evidence if each.path})[:1]
        return sha256("\n".join((self.cause, self.about, *files)).encode("utf-8", "replace")).hexdigest()[:32]

    @property
    def is_outside(self) -> bool:
        """Whether it lies in variables alone: no other distribution would mend it."""
        edits = [fix.edit for fix in self.fix if fix.edit is not None]
        return bool(edits) and all(edit == Edit(variables=edit.variables) for edit in edits)


class Ignored(Struct, frozen=True, kw_only=True):
    """A finding that its owner has chosen not to count."""

    outcome: Outcome
    by: str
    """What says so: "--ignore", "drivetrain.toml", the name of a baseline file."""
    why: str = ""
    """The reason that stands beside it there."""


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

    ignored: tuple[Ignored, ...] = ()
    """What was found and does not count; nothing of it stands among the outcomes."""
    baseline_gone: tuple[str, ...] = ()
    """Of a baseline's findings those that are there no longer: the file can be written anew."""

    def found(self, severity: Severity | None = None) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.state == "found" and severity in (None, each.severity))

    def failing(self, threshold: Threshold = "error") -> tuple[Outcome, ...]:
        """Gives the findings that fail the command: those as bad as the threshold, or worse."""
        counted = _THRESHOLDS[: _THRESHOLDS.index(threshold) + 1] if threshold != "never" else ()
        return tuple(each for each in self.found() if each.severity in counted)
