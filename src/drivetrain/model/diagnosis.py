"""What a log means: causes ranked, with the lines and facts that prove them, and what mends them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.outcome import Evidence, Fix


class Diagnosed(Struct, frozen=True, kw_only=True):
    """One cause that the log and the facts speak for."""

    cause: str
    confidence: float
    """How often an answer with this much behind it is right, 0 to 1."""
    benign: bool = False
    """The lines look like a failure and are none."""
    says: str
    evidence: tuple[Evidence, ...] = ()
    fix: tuple[Fix, ...] = ()
    sources: tuple[str, ...] = ()


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What a log means; no cause where nothing known was recognised."""

    schema: Literal["drivetrain/diagnosis/1"] = "drivetrain/diagnosis/1"
    causes: tuple[Diagnosed, ...]
    facts: FrozenMap[str] = field(default_factory=FrozenMap)
    """What was known: what was given, what the log tells, what this machine and environment have."""
    lines: int = 0
    """How many lines were read."""
