"""The document of `fix`: the smallest set of changes that clears an environment's findings."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.model.report import Up


class Mend(Struct, frozen=True, kw_only=True):
    """One thing that is changed, and the causes that it clears."""

    says: str
    edit: Edit | None = None
    safety: Literal["safe", "unsafe", "shown"] = "safe"
    """"shown" in an environment that is not ours: it is never changed."""
    causes: tuple[str, ...] = ()


class Difference(Struct, frozen=True, kw_only=True):
    """What becomes of one distribution."""

    name: str
    before: str | None = None
    """None: it comes in."""
    after: str | None = None
    """None: it goes."""


class Fixing(Struct, frozen=True, kw_only=True):
    """What is wrong, what changes, and whether it was done."""

    schema: Literal["drivetrain/fix/1"] = "drivetrain/fix/1"
    prefix: str
    ours: bool = True
    asked: tuple[str, ...] = ()
    """What the environment is for, as recorded or as its marks let one infer."""
    findings: tuple[Outcome, ...] = ()
    """What the changes clear; none: there is nothing to fix."""
    edits: tuple[Mend, ...] = ()
    changes: tuple[Difference, ...] = ()
    """Every distribution that changes; the others stay as they are."""
    kept: int = 0
    plan: Plan | Refusal | None = None
    says: str = ""
    """What could not be told, or the notes of an environment that needs no fix."""
    applied: bool = False
    up: Up | None = None
    """What was done with `--apply`."""
