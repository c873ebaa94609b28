"""Reads an environment from disk; imports nothing from it and runs nothing from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivetrain.model.environment import Environment


def scan(prefix: Path, *, libraries: bool = True, cache: Path | None = None, root: Path | None = None) -> Environment:
    """Gives what the environment at that prefix holds; raises PrefixError where there is none.

    `libraries=False` leaves its shared libraries unread, which an audit needs and nobody else; `cache` is the folder that remembers them; `root`
    the folder that stands for the "/" of the system that the environment belongs to, whose links are never followed out of it.
    """
    from drivetrain.scan.environment import Wanted, environment_at

    return environment_at(prefix, Wanted(libraries=libraries, cache=cache, root=root))
