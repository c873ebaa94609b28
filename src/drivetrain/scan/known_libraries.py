"""Remembers what was read of libraries, by device, inode, size and time of change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from msgspec import Struct

from drivetrain.model.binary import Linkage
from drivetrain.model.catalogue import LibraryCode
from drivetrain.scan.memory import Memory

_READERS = 4
"""Raised whenever a reader gives another answer for the same file."""
_MOST_ENVIRONMENTS = 32


class ReadLibrary(Struct, frozen=True, kw_only=True, array_like=True):
    """What one file said."""

    linkage: Linkage | None = None
    """None: no shared library, whatever its name."""
    code: LibraryCode | None = None
    fault: str = ""
    """Why it could not be read."""


class _Remembered(Struct, frozen=True, kw_only=True, array_like=True):
    readers: int
    libraries: dict[str, ReadLibrary]


class KnownLibraries:
    """What is remembered of one environment's libraries; of the others where a file is shared by hard links.

    The system's have a room of their own: they are read without their device code.
    """

    def __init__(self, cache: Path | None, prefix: Path, room: Literal["libraries", "system"] = "libraries") -> None:
        self._memory = Memory(cache, prefix, _Remembered, room=room, most=_MOST_ENVIRONMENTS)
        self._before = _valid(self._memory.own)
        self._others: dict[str, ReadLibrary] | None = None
        self._now: dict[str, ReadLibrary] = {}

    def of(self, state: os.stat_result) -> ReadLibrary | None:
        """Gives what is known of the file with that state; None where it must be read."""
        key = state_key(state)
        found = self._before.get(key) or self._of_others(key)
        if found is not None:
            self._now[key] = found
        return found

    def add(self, state: os.stat_result, read: ReadLibrary) -> None:
        """Remembers what a file said; what could not be read is asked again next time."""
        if not read.fault:
            self._now[state_key(state)] = read

    def keep(self) -> None:
        """Writes what this environment holds now."""
        if self._now.keys() != self._before.keys():
            self._memory.keep(_Remembered(readers=_READERS, libraries=self._now))

    def _of_others(self, key: str) -> ReadLibrary | None:
        if self._others is None:
            self._others = {}
            for kept in self._memory.others:
                self._others.update(_valid(kept))
        return self._others.get(key)


def state_key(state: os.stat_result) -> str:
    """Gives what stays the same as long as nobody has written to a file, or to a folder's list of names."""
    return f"{state.st_dev}.{state.st_ino}.{state.st_size}.{state.st_mtime_ns}"


def _valid(kept: _Remembered | None) -> dict[str, ReadLibrary]:
    return kept.libraries if kept is not None and kept.readers == _READERS else {}
