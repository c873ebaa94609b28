"""Prints lines: marks become colours on a terminal and vanish elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from drivetrain.report.markup import coloured, unmarked


def rendered(lines: Iterable[str], *, colour: bool) -> str:
    """Gives the lines as one text with a newline at its end."""
    text = "\n".join(lines)
    return "".join(f"{each.rstrip()}\n" for each in (coloured(text) if colour else unmarked(text)).split("\n"))
