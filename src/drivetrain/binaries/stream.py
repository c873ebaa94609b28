"""Shows a window's file to libraries that want a stream or a sequence of bytes."""

from __future__ import annotations

import io

from drivetrain.binaries.window import Window

_MOST_AT_ONCE = 64 << 20
"""Bytes: a hostile file states parts of any length, and no part that is read whole comes near."""


class WindowStream(io.RawIOBase):
    """A stream for reading, for pyelftools."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._window.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._window.size - self._place)
        wanted = left if size < 0 else min(size, left)
        if wanted > _MOST_AT_ONCE:
            raise ValueError(f"a part of {wanted} bytes is no table")
        text = self._window.at(self._place, wanted)
        self._place += len(text)
        return text


class WindowBytes:
    """Bytes by slices, for pefile, which would otherwise want the whole file in memory."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def __len__(self) -> int:
        return self._window.size

    def __getitem__(self, key: int | slice) -> bytes | int:
        if isinstance(key, int):
            return self._window.at(key if key >= 0 else key + len(self), 1)[0]
        start, stop, step = key.indices(len(self))
        if stop - start > _MOST_AT_ONCE:
            raise ValueError(f"a part of {stop - start} bytes is no table")
        return self._window.at(start, max(0, stop - start))[::step]
