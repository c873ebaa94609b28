"""Where a published table is wrong about a row of tests/tables: which source, how that is known, and what holds instead. Written by hand."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Correction(Struct, frozen=True, kw_only=True):
    """What holds instead of what the table says of one row."""

    source: str
    """The source that is wrong."""
    how: str
    """How we know."""
    expect: dict[str, Any]
    replaces: bool = False
    """Whether `expect` stands for the whole expectation; else it changes keys of it."""


WRONG: dict[str, Correction] = {}
