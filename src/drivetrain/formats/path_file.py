"""Reads a .pth file: which folders it adds to `sys.path` and which of its lines are run (https://docs.python.org/3/library/site.html)."""

from __future__ import annotations

from msgspec import Struct

_RUN = ("import ", "import\t")


class PathLines(Struct, frozen=True, kw_only=True):
    """The lines of one .pth file."""

    folders: tuple[str, ...] = ()
    """As they are written, relative to the folder of the file."""
    code: tuple[str, ...] = ()


def path_lines_of(text: str) -> PathLines:
    """Gives the lines that count; comments and empty lines do not."""
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    code = tuple(line for line in lines if line.startswith(_RUN))
    return PathLines(folders=tuple(line for line in lines if not line.startswith(_RUN)), code=code)
