"""Remembers what was read of libraries, by device, inode, size and time of change, in a file of the cache folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.model.binary import Linkage
from drivetrain.model.catalogue import LibraryCode

_READERS = 1
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
    """What is remembered of one environment's libraries; of the others where a file is shared by hard links."""

    def __init__(self, folder: Path | None, prefix: Path) -> None:
        self._folder = folder / "libraries" if folder is not None else None
        name = sha256(os.fsencode(prefix.absolute())).hexdigest()[:32]
        self._path = self._folder / f"{name}.msgpack" if self._folder is not None else None
        self._before = _remembered_in(self._path) if self._path is not None else {}
        self._others: dict[str, ReadLibrary] | None = None
        self._now: dict[str, ReadLibrary] = {}

    def of(self, state: os.stat_result) -> ReadLibrary | None:
        """Gives what is known of the file with that state; None where it must be read."""
        key = _key(state)
        found = self._before.get(key) or self._of_others(key)
        if found is not None:
            self._now[key] = found
        return found

    def add(self, state: os.stat_result, read: ReadLibrary) -> None:
        """Remembers what a file said; what could not be read is asked again next time."""
        if not read.fault:
            self._now[_key(state)] = read

    def keep(self) -> None:
        """Writes what this environment holds now, whole or not at all; a cache that cannot be written is none."""
        if self._folder is None or self._path is None or self._now.keys() == self._before.keys():
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            _replace(self._path, msgspec.msgpack.encode(_Remembered(readers=_READERS, libraries=self._now)))
            _prune(self._folder)

    def _of_others(self, key: str) -> ReadLibrary | None:
        if self._others is None:
            self._others = {}
            for path in _files_in(self._folder) if self._folder is not None else ():
                if path != self._path:
                    self._others.update(_remembered_in(path))
        return self._others.get(key)


def _key(state: os.stat_result) -> str:
    return f"{state.st_dev}.{state.st_ino}.{state.st_size}.{state.st_mtime_ns}"


def _remembered_in(path: Path) -> dict[str, ReadLibrary]:
    """A damaged file, or one of other readers, is as good as none."""
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=_Remembered)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found.libraries if found.readers == _READERS else {}


def _replace(path: Path, content: bytes) -> None:
    """Two processes at once leave the file of one of them."""
    number, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _files_in(folder: Path) -> list[Path]:
    """Gives the newest first."""
    try:
        return sorted(folder.glob("*.msgpack"), key=lambda path: -path.stat().st_mtime)
    except OSError:
        return []


def _prune(folder: Path) -> None:
    for path in _files_in(folder)[_MOST_ENVIRONMENTS:]:
        path.unlink(missing_ok=True)
