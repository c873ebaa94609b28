"""Keeps what was read of an environment in a file of the cache folder: written whole or not at all, read anew where damaged, the oldest forgotten."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

_Kept = TypeVar("_Kept")


class Memory(Generic[_Kept]):
    """One kind of memory of one environment: `room` is its folder, of which the newest `most` files are kept."""

    def __init__(self, cache: Path | None, prefix: Path, kind: type[_Kept], *, room: str, most: int) -> None:
        self._kind = kind
        self._most = most
        self._folder = cache / room if cache is not None else None
        name = sha256(os.fsencode(prefix.absolute())).hexdigest()[:32]
        self._path = self._folder / f"{name}.msgpack" if self._folder is not None else None

    @property
    def own(self) -> _Kept | None:
        """Gives what is kept of this environment; a damaged file, or one of another make, is as good as none."""
        return self._read(self._path) if self._path is not None else None

    @property
    def others(self) -> list[_Kept]:
        """Gives what is kept of the other environments."""
        return [kept for path in self._files() if path != self._path and (kept := self._read(path)) is not None]

    def keep(self, kept: _Kept) -> None:
        """Writes it; a cache that cannot be written is none. Two processes at once leave the file of one of them."""
        import tempfile

        if self._folder is None or self._path is None:
            return
        with suppress(OSError, UnicodeEncodeError):  # The second where a file's name is no UTF-8.
            self._folder.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(msgspec.msgpack.encode(kept))
                Path(name).replace(self._path)
            finally:
                Path(name).unlink(missing_ok=True)
            for path in self._files()[self._most :]:
                path.unlink(missing_ok=True)

    def _read(self, path: Path) -> _Kept | None:
        try:
            return msgspec.msgpack.decode(path.read_bytes(), type=self._kind)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _files(self) -> list[Path]:
        """Gives the newest first."""
        try:
            return sorted(self._folder.glob("*.msgpack"), key=lambda path: -path.stat().st_mtime) if self._folder is not None else []
        except OSError:
            return []
