"""The documents that list things: the versions of a component, the frameworks of the catalogue."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct


class VersionRow(Struct, frozen=True, kw_only=True):
    """One version of a component."""

    version: str
    released: str | None = None
    source: str
    """"wheel", "archive", "driver": where this version is published."""
    usable: bool | None = None
    """None: not known for this target."""
    says: str = ""
    cause: str | None = None


class Versions(Struct, frozen=True, kw_only=True):
    """Every version of a component that exists."""

    schema: Literal["drivetrain/versions/1"] = "drivetrain/versions/1"
    component: str
    versions: tuple[VersionRow, ...]


class FrameworkRow(Struct, frozen=True, kw_only=True):
    """One distribution of the catalogue."""

    name: str
    releases: int
    newest: str
    checked: str


class CatalogueSummary(Struct, frozen=True, kw_only=True):
    """What the catalogue holds and how old it is."""

    schema: Literal["drivetrain/catalogue/1"] = "drivetrain/catalogue/1"
    as_of: str
    frameworks: tuple[FrameworkRow, ...]
    changes: tuple[dict[str, Any], ...] = ()
