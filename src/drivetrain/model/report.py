"""The documents of the commands that join several verbs: up, install, versions, catalogue, page, error."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.outcome import Audit
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.verdict import Proof


class Up(Struct, frozen=True, kw_only=True):
    """What `up`, `add` and `remove` did."""

    schema: Literal["drivetrain/up/1"] = "drivetrain/up/1"
    status: Literal["done", "refused", "failed"]
    failed_at: str | None = None
    says: str = ""
    """Why it failed or what was left alone, one line."""
    plan: Plan | Refusal | None = None
    lock: str | None = None
    prefix: str = ""
    previous: str | None = None
    """The kept generation that the new one replaced."""
    audit: Audit | None = None
    verify: Proof | None = None
    report: str | None = None
    """Path of the HTML report."""
    seconds: FrozenMap[float] = field(default_factory=FrozenMap)
    installed: bool = True
    """False when the environment already satisfied the request."""


class Install(Struct, frozen=True, kw_only=True):
    """What `install` did."""

    schema: Literal["drivetrain/install/1"] = "drivetrain/install/1"
    prefix: str
    lock: str
    distributions: int
    bytes: int
    seconds: float
    previous: str | None = None


class Failure(Struct, frozen=True, kw_only=True):
    """A usage error or breakdown (exit code 2)."""

    schema: Literal["drivetrain/error/1"] = "drivetrain/error/1"
    says: str
    next: str


class Text(Struct, frozen=True, kw_only=True):
    """A text as it is: help, the version, a completion script, a report to share."""

    schema: Literal["drivetrain/help/1", "drivetrain/version/1", "drivetrain/completion/1", "drivetrain/shared/1"]
    text: str


class Names(Struct, frozen=True, kw_only=True):
    """The documents that have a schema."""

    schema: Literal["drivetrain/schemas/1"] = "drivetrain/schemas/1"
    names: tuple[str, ...]


class Page(Struct, frozen=True, kw_only=True):
    """The page of a cause, component, term or question."""

    schema: Literal["drivetrain/page/1"] = "drivetrain/page/1"
    topic: str
    title: str
    body_markdown: str
    here: FrozenMap[str] = field(default_factory=FrozenMap)
    sources: tuple[str, ...] = ()
