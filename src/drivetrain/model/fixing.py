"""The document of `fix`: the smallest set of changes that clears an environment's findings."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.outcome import Outcome, Severity
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.model.report import Up


class Mend(Struct, frozen=True, kw_only=True):
    """One thing that is changed, and the causes that it clears."""

    says: str
    edit: Edit | None = None
    safety: Literal["safe", "unsafe", "shown"] = "safe"
    """"safe": made with `--apply`; "unsafe": with `--unsafe-fixes` too; "shown": never made, as everything in an environment that is not ours."""
    causes: tuple[str, ...] = ()
    planned: bool = True
    """Whether `--apply` makes it; else it is unsafe, or its owner's to do."""
    commands: tuple[str, ...] = ()
    """What its owner types for it where drivetrain does not do it."""


class Difference(Struct, frozen=True, kw_only=True):
    """What becomes of one distribution."""

    name: str
    before: str | None = None
    """None: it comes in."""
    after: str | None = None
    """None: it goes."""


class Left(Struct, frozen=True, kw_only=True):
    """A finding that no change of `fix` clears, and why."""

    cause: str
    severity: Severity
    about: str
    says: str


class Fixing(Struct, frozen=True, kw_only=True):
    """What is wrong, what changes, and whether it was done."""

    schema: Literal["drivetrain/fix/1"] = "drivetrain/fix/1"
    prefix: str
    ours: bool = True
    asked: tuple[str, ...] = ()
    """What the environment is for, as recorded or as its marks let one infer, and with the fixes what it is to be for."""
    findings: tuple[Outcome, ...] = ()
    """What was found and counts; none: there is nothing to fix."""
    edits: tuple[Mend, ...] = ()
    """The changes first, then what `--apply` does not do: unsafe ones, and those that its owner types."""
    changes: tuple[Difference, ...] = ()
    """Every distribution that changes; the others stay as they are."""
    again: tuple[str, ...] = ()
    """Distributions that are installed again in the version that is here."""
    kept: int = 0
    """How many neither change nor are installed again."""
    count_change: int = 0
    """How many distributions more there are afterwards; negative: fewer."""
    bytes_change: int | None = None
    """How much more they take on disk, as far as sizes are known: another version counts like the one that is here, a new one as its download."""
    download_bytes: int | None = None
    """Of what comes in and of what is installed again, at most: a cache may have it."""
    left: tuple[Left, ...] = ()
    """Findings that no change clears; after `--apply` what the new environment's audit says."""
    contradictions: tuple[str, ...] = ()
    """Fixes of two findings that contradict each other: the plan decides."""
    commands: tuple[str, ...] = ()
    """What would make these changes in an environment that is not ours, typed by its owner."""
    plan: Plan | Refusal | None = None
    says: str = ""
    """What could not be told, or the notes of an environment that needs no fix."""
    applied: bool = False
    up: Up | None = None
    """What was done with `--apply`."""

    @property
    def can_apply(self) -> bool:
        """Whether `--apply` has anything to do."""
        return any(each.planned and each.safety == "safe" for each in self.edits)
