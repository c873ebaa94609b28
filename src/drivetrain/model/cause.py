"""What is known of a cause: how it speaks in logs, what facts say for or against it, and what mends it; written on its page, never here."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Odds = Annotated[float, Meta(gt=0.0)]
Share = Annotated[float, Meta(gt=0.0, lt=1.0)]
Safety = Literal["safe", "unsafe", "shown"]
Deed = Literal["update-driver", "install-driver", "reinstall-driver"]
"""What is typed differently on each distribution; its lines are made where it is shown."""


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which a cause speaks: a pattern of its own, or a symptom that it shares with others."""

    pattern: str = ""
    """RE2, within one line; named groups become facts."""
    symptom: str = ""
    """The name of a symptom; either this or `pattern`."""
    weight: Share
    """How probable the cause is where this is all that is seen."""
    frameworks: tuple[str, ...] = ()
    """Whose message it is; another framework that is known to be at work rules it out. Empty for any."""
    versions: str = ""
    """Specifier of the framework's releases that print it; empty for all."""
    when: tuple[str, ...] = ()
    """Conditions: one that is false rules it out, one that is unknown halves the weight."""
    rules_out: tuple[str, ...] = ()
    part: str = ""
    """The section of the page that is about this wording."""
    seen_in: tuple[str, ...]


class FactSays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What facts say for a cause or against it; counts where all conditions are true."""

    when: tuple[str, ...]
    factor: Odds = 1.0
    """Multiplies the odds."""
    alone: float = 0.0
    """The probability where no line speaks of the cause but something is wrong."""


class EditOfPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of an environment, as a page writes it."""

    require: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    """The same as `drop`."""
    variables: dict[str, str] = {}
    unset: tuple[str, ...] = ()


class FixOfPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What mends a cause; `{name}` stands for a fact or a group of the signature that matched."""

    id: str
    says: str
    when: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    """What the planner is asked for; the commands are what is typed where it has no answer."""
    does: Deed | None = None
    commands: tuple[str, ...] = ()
    edit: EditOfPage | None = None
    safety: Safety = "safe"


class Cause(Struct, frozen=True, kw_only=True):
    """A page's data."""

    cause: str
    sources: tuple[str, ...]
    signature: tuple[Signature, ...] = ()
    fact: tuple[FactSays, ...] = ()
    fix: tuple[FixOfPage, ...] = ()
    before: tuple[str, ...] = ()
    """Causes that are mended after this one where both are there."""
    benign: bool = False
    """Whether its lines are harmless whatever the facts say."""
    benign_when: tuple[str, ...] = ()
    """Conditions under which it is as it should be: no GPU is found where none is."""


class Symptom(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something seen in logs that many causes share, or that says what was going on."""

    name: str
    patterns: tuple[str, ...]
    fault: bool = True
    """Whether it means that something is wrong."""
    vague: bool = False
    """Whether it is a failure of anything at all: facts alone then say nothing."""
    seen_in: tuple[str, ...]


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that tells facts: its named groups are their names (`__` for a dot); `facts` are told by its being there."""

    pattern: str
    facts: dict[str, str] = {}
    seen_in: tuple[str, ...]


class Knowledge(Struct, frozen=True, kw_only=True):
    """Everything that a log is read with."""

    causes: tuple[Cause, ...]
    symptoms: tuple[Symptom, ...]
    readings: tuple[Reading, ...]
