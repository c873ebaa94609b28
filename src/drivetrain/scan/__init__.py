"""Reads an environment from disk; imports nothing from it and runs nothing from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivetrain.model.environment import Environment


def scan(prefix: Path, *, libraries: bool = True, cache: Path | None = None) -> Environment:
    """Gives what the environment at that prefix holds; raises PrefixError where there is none.

    `libraries=False` leaves its shared libraries unread, which an audit needs and nobody else; `cache`: the folder that remembers them.
    """
    from drivetrain.scan.environment import environment_at

    return environment_at(prefix, libraries=libraries, cache=cache)
