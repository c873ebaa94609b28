"""A sentence about a check, and the cause that it names."""

from __future__ import annotations

from typing import NamedTuple


class Saying(NamedTuple):
    """What a verdict says."""

    says: str
    cause: str | None = None
