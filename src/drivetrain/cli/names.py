"""The frameworks' names for examples, read from their folders: importing them would cost more than `--help` may take."""

from __future__ import annotations

from pathlib import Path


def framework_names() -> tuple[str, ...]:
    """Gives the names of the frameworks, the oldest trade first as their folders' order has it."""
    return tuple(sorted(path.parent.name for path in (Path(__file__).parents[1] / "frameworks").glob("*/__init__.py")))
