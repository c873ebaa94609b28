"""Remembers what was read of distributions, and which folders of headers hold all that RECORDs list, as long as nothing has been written to either.

Of the 47,000 files of a large environment 33,000 are headers, which no Python imports: for them the time of their folder counts, which every installer and
every `rm` changes. A header whose content somebody exchanges in place is noticed when its folder changes next; every other file is looked at each time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from msgspec import DecodeError, Raw, Struct
from msgspec.msgpack import decode, encode
from msgspec.structs import replace

from drivetrain.model.environment import Installed, OwnedFile
from drivetrain.scan.kept_files import KeptFiles
from drivetrain.scan.known_libraries import state_key
from drivetrain.scan.memory import Memory
from drivetrain.scan.ownership import Ownership, ownership_of

_READERS = 6
"""Raised whenever a distribution is read in another way."""
_MOST_ENVIRONMENTS = 8
"""Of 7 MB each."""
_PARTS = ("", "METADATA", "RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json")
_SETTLED_NS = 2_000_000_000
"""A folder that changed a moment ago may change again within the same tick of the file system's clock."""


class _Entry(Struct, frozen=True, array_like=True):
    state: str
    installed: Installed
    """Without its files."""
    count: int
    """Of its files."""


class _Remembered(Struct, frozen=True, array_like=True):
    readers: int
    entries: dict[str, _Entry]
    folders: dict[str, str]
    ownership: Ownership | None = None


class _Lines(Struct, frozen=True, array_like=True):
    state: str
    files: Raw


class _Records(Struct, frozen=True, array_like=True):
    """What nobody reads who only looks whether anything has changed: five times as much."""

    readers: int
    entries: dict[str, _Lines]


class KnownDistributions:
    """What is remembered of one environment's distributions."""

    def __init__(self, cache: Path | None, prefix: Path) -> None:
        self._memory = Memory(cache, prefix, _Remembered, room="distributions", most=_MOST_ENVIRONMENTS)
        self._records = Memory(cache, prefix, _Records, room="records", most=_MOST_ENVIRONMENTS)
        kept = self._memory.own
        self._before = kept if kept is not None and kept.readers == _READERS else _Remembered(_READERS, {}, {})
        self._entries: dict[str, _Entry] = {}
        self._files: dict[str, Sequence[OwnedFile]] = {}
        self._folders: dict[str, str] = {}
        self._since = time.time_ns() - _SETTLED_NS
        self._whole: dict[str, bool] = {}
        self._ownership: Ownership | None = None
        self._trusted: dict[str, str] = {}
        self._is_same = True
        """Whether every distribution so far is as it is remembered."""

    def read(self, folder: Path, reader: Callable[[], tuple[Installed | None, bool]]) -> Installed | None:
        """Gives a distribution as it is remembered, else as `reader` gives it, with whether it may be remembered."""
        path, state = str(folder), _state(folder)
        known = self._before.entries.get(path)
        if known is None or known.state != state:
            one, sound = reader()
            if one is None or not sound:
                self._is_same = False
                return one
            self._entries[path], self._files[path] = _Entry(state, replace(one, files=()), len(one.files)), one.files
            self._is_same = False
            return one
        self._entries[path] = known
        self._files[path] = KeptFiles(known.count, lambda: self._record(path, state, reader)) if known.count else ()
        return replace(known.installed, files=self._files[path])

    def _record(self, path: str, state: str, reader: Callable[[], tuple[Installed | None, bool]]) -> tuple[OwnedFile, ...]:
        """Gives the lines of a RECORD as they are remembered, else as it has them."""
        lines = self._lines.get(path)
        if lines is not None and lines.state == state:
            try:
                return decode(lines.files, type=tuple[OwnedFile, ...])
            except (DecodeError, UnicodeDecodeError):
                pass
        one, _ = reader()
        return tuple(one.files) if one is not None else ()

    @cached_property
    def _lines(self) -> dict[str, _Lines]:
        kept = self._records.own
        return kept.entries if kept is not None and kept.readers == _READERS else {}

    def ownership(self, installed: tuple[Installed, ...], ignore_case: bool) -> Ownership:
        """Gives whose each file is, as it is remembered where no distribution has changed, come or gone."""
        kept = self._before.ownership
        same = kept is not None and self._is_same and len(installed) == len(self._entries) and kept.order == tuple(one.path for one in installed)
        self._ownership = kept if kept is not None and same else ownership_of(installed, ignore_case)
        # Whole is a folder for those who own its files: with another owner the sizes that count are others.
        self._trusted = self._before.folders if same else {}
        return self._ownership

    def is_whole(self, folder: str) -> bool:
        """Tells whether a folder is as it was when all of its headers lay there; remembers from now on that they do, until `spoilt` says otherwise."""
        found = self._whole.get(folder)
        if found is None:
            try:
                state = os.stat(folder)  # noqa: PTH116 (a Path for each of thousands)
            except OSError:
                return False
            key = state_key(state)
            found = self._whole[folder] = self._trusted.get(folder) == key
            if state.st_mtime_ns < self._since:
                self._folders[folder] = key
        return found

    def spoilt(self, folder: str) -> None:
        """Forgets a folder in which something is missing or has another size."""
        self._folders.pop(folder, None)

    def keep(self) -> None:
        """Writes what holds now."""
        states = {path: entry.state for path, entry in self._entries.items()}
        before = {path: entry.state for path, entry in self._before.entries.items()}
        if states != before:
            # First, and each with its state: lines that fit no entry are read anew.
            with suppress(UnicodeEncodeError):  # As in Memory.
                self._records.keep(_Records(_READERS, {path: _Lines(states[path], Raw(encode(tuple(files)))) for path, files in self._files.items()}))
        if states != before or self._folders != self._before.folders:
            self._memory.keep(_Remembered(_READERS, self._entries, self._folders, self._ownership))


def _state(folder: Path) -> str:
    keys = []
    for part in _PARTS:
        try:
            keys.append(state_key(os.stat(f"{folder}/{part}")))  # noqa: PTH116 (as above)
        except OSError:
            keys.append("")
    return " ".join(keys)
