"""Reads RECORD (https://packaging.python.org/en/latest/specifications/recording-installed-packages/): which files a distribution owns."""

from __future__ import annotations

from posixpath import normpath

from msgspec import Struct

from drivetrain.model.environment import OwnedFile

_MOST_LINES = 300_000
"""A framework has 20,000 files; what states more is hostile, and the rest of it is not read."""
_DIGITS = 20
"""No file has a size of so many, and Python reads no number of thousands."""


class Record(Struct, frozen=True, kw_only=True):
    """The lines of one RECORD."""

    files: tuple[OwnedFile, ...]
    damaged_lines: tuple[int, ...] = ()
    """Numbers of lines that are not a path, a hash and a size."""


def record_of(text: str) -> Record:
    """Gives every line of a RECORD; a line that cannot be read is counted, never guessed."""
    files: list[OwnedFile] = []
    damaged: list[int] = []
    for number, ended in enumerate(text.split("\n", _MOST_LINES), 1):
        line = ended.rstrip("\r")
        if not line:
            continue
        if number > _MOST_LINES:
            damaged.append(number)
            break
        owned = _owned(_fields(line))
        if owned is None:
            damaged.append(number)
        else:
            files.append(owned)
    return Record(files=tuple(files), damaged_lines=tuple(damaged))


def _fields(line: str) -> list[str]:
    """Gives the fields of a line; none where the reader gives up: at a field of 128 kB, and on Python 3.10 at a NUL."""
    if '"' not in line:
        return line.split(",")
    import csv

    try:
        return next(csv.reader([line]))
    except csv.Error:
        return []


def _owned(fields: list[str]) -> OwnedFile | None:
    # Some old tools wrote paths with commas and no quotes: hash and size are the last two fields whatever the path holds.
    if len(fields) < 3:
        return None
    *parts, digest, size = fields
    path = ",".join(parts)
    if not path or (size and not (len(size) < _DIGITS and size.isascii() and size.isdigit())):
        return None
    if "\\" in path:
        path = path.replace("\\", "/")
    if "./" in path or "//" in path:
        path = normpath(path)
    method, _, value = digest.partition("=")
    return OwnedFile(path=path, sha256=value if method == "sha256" and value else None, size_bytes=int(size) if size else None)
