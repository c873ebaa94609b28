"""Remembers which names an environment's libraries lack, as long as none of these libraries has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from drivetrain.model.library import Library, Unmet
from drivetrain.scan.known_libraries import state_key
from drivetrain.scan.memory import Memory

_READERS = "2"
"""Raised whenever unmet_names gives another answer for the same files."""
_MOST_ENVIRONMENTS = 32


class _Remembered(Struct, frozen=True, array_like=True):
    state: str
    unmet: tuple[Unmet, ...]


def unmet_of(prefix: Path, site: str, libraries: tuple[Library, ...], cache: Path | None) -> tuple[Unmet, ...]:
    """Gives what the libraries take and nobody gives; read anew only when one of them has changed."""
    memory = Memory(cache, prefix, _Remembered, room="symbols", most=_MOST_ENVIRONMENTS)
    state, known = _state(site, libraries), memory.own
    if known is not None and known.state == state:
        return known.unmet
    from drivetrain.scan.unmet_names import unmet_in

    found = unmet_in(site, libraries)
    memory.keep(_Remembered(state, found))
    return found


def _state(site: str, libraries: Iterable[Library]) -> str:
    digest = sha256(_READERS.encode())
    for each in libraries:
        digest.update(f"{each.path}\0{each.link}\0{_file(f'{site}/{each.path}')}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _file(path: str) -> str:
    try:
        return state_key(os.stat(path))  # noqa: PTH116 (a Path for each of hundreds)
    except OSError:
        return ""
