"""The document of `up --family any`: what was done for each environment."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.report import Up


class Ups(Struct, frozen=True, kw_only=True):
    """One answer for each environment, in the order in which they were made; after one that failed no further one is begun."""

    schema: Literal["drivetrain/ups/1"] = "drivetrain/ups/1"
    environments: tuple[Up, ...]
    left: tuple[str, ...] = ()
    """Prefixes that were not begun."""
