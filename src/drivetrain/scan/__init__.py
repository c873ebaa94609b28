"""Reads an environment from disk; imports nothing from it and runs nothing from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivetrain.model.environment import Environment


def scan(prefix: Path) -> Environment:
    """Gives what the environment at that prefix holds; raises PrefixError where there is none."""
    from drivetrain.scan.environment import environment_at

    return environment_at(prefix)
