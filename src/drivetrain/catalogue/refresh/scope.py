"""Gives what the shipped snapshot covers, from `data/scope.toml`, which is written by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.catalogue.refresh.reading import Wanted

SCOPE = Path(__file__).parent.parent / "data" / "scope.toml"


class _Entry(Struct, forbid_unknown_fields=True):
    name: str
    oldest: str = ""
    extras: bool = True
    every_platform: bool = False
    why: str = ""


class _Scope(Struct, forbid_unknown_fields=True):
    distribution: list[_Entry]


def shipped_scope(path: Path = SCOPE) -> tuple[Wanted, ...]:
    """Gives the distributions that the planner decides on."""
    scope = msgspec.toml.decode(path.read_bytes(), type=_Scope)
    return tuple(Wanted(entry.name, entry.oldest, entry.every_platform, entry.extras) for entry in scope.distribution)
