"""Reads a file through a window of some megabytes with `pread`: a mapped walk of large libraries would count as resident memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from drivetrain.binaries.regular_file import opened
from drivetrain.binaries.seeking import place_of

WINDOW_BYTES = 4 << 20
_FIRST_BYTES = 1 << 10
"""What follows a mark's container is most often the next one: a search begins with a small window, and the next is 16 times as large."""
Reads = Callable[[int, int], bytes]
"""(offset, count) to those bytes, fewer at the end of the file."""


class Window:
    """The part of a file that was read last."""

    def __init__(self, reads: Reads, size: int) -> None:
        self._reads = reads
        self.size = size
        self._start = 0
        self._bytes = b""
        self._next: dict[bytes, int] = {}
        """Where each mark stands next in the window, so that a rare one is not sought again after every hit of a frequent one."""

    def at(self, offset: int, count: int) -> bytes:
        """Gives that many bytes, fewer at the end of the file; reads outside the window do not move it."""
        count = min(count, self.size - offset)  # `pread` takes the memory that is asked for, whatever a hostile file states.
        inside = offset - self._start
        if inside >= 0 and inside + count <= len(self._bytes):
            return self._bytes[inside : inside + count]
        return self._reads(offset, count) if offset >= 0 and count > 0 else b""

    def find(self, marks: tuple[bytes, ...], start: int, end: int | None = None) -> tuple[int, bytes] | None:
        """Gives the first place from `start` on, before `end`, where one of the marks stands, and which; None where there is none."""
        longest = max(map(len, marks))
        end = self.size if end is None else min(end, self.size)
        width = _FIRST_BYTES
        while start < end:
            if not self._start <= start <= self._start + len(self._bytes) - longest:
                count = min(width, end + longest - 1 - start)
                width = min(width * 16, WINDOW_BYTES)
                self._start, self._bytes, self._next = start, self._reads(start, count), {}
            place, mark = min((self._place(mark, start), mark) for mark in marks)
            if place < end:
                return place, mark
            following = self._start + len(self._bytes) - longest + 1
            if self._start + len(self._bytes) >= end or following <= start:
                return None  # The second where the file is shorter than it states: an archive's member, or a file that is being written.
            start = following
        return None

    def _place(self, mark: bytes, start: int) -> int:
        known = self._next.get(mark, -1)
        if known < start:
            found = place_of(mark, self._bytes, start - self._start)
            known = self._next[mark] = self._start + found if found >= 0 else self.size
        return known


@contextmanager
def window_on(path: Path) -> Iterator[Window]:
    """Opens a file for reading through a window; raises OSError."""
    with opened(path) as file:
        number, size = file.fileno(), os.fstat(file.fileno()).st_size
        if hasattr(os, "pread"):
            yield Window(lambda offset, count: os.pread(number, count, offset), size)
            return

        def reads(offset: int, count: int) -> bytes:
            file.seek(offset)
            return file.read(count)

        yield Window(reads, size)
