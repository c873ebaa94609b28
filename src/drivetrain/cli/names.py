"""The frameworks' names for examples and completion, read from their folders: importing them would cost more than `--help` may take."""

from __future__ import annotations

from pathlib import Path

_FOLDERS = Path(__file__).parents[1] / "frameworks"


def framework_names() -> tuple[str, ...]:
    """Gives the name of every framework."""
    return tuple(sorted(path.parent.name for path in _FOLDERS.glob("*/__init__.py")))


def shown_frameworks() -> tuple[str, ...]:
    """Gives the few that examples show: those that most people come for."""
    return tuple((_FOLDERS / "front.txt").read_text().split())
