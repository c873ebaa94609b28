"""Reads a member of a wheel as a file, without unpacking it to disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import ZipFile, ZipInfo

from drivetrain.binaries.window import Window

_BLOCK_BYTES, _BLOCKS = 1 << 20, 48
_MOST_RETURNS = 50
"""How often a member is unpacked anew from its start: libtensorflow_cc.so.2 with all its symbols takes eleven times."""


class _Unpacked:
    """The last megabytes that were unpacked: going back behind them unpacks the member again from its start, so they must hold a library's tables."""

    def __init__(self, archive: ZipFile, member: ZipInfo) -> None:
        self._file = archive.open(member)
        self._size = member.file_size
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._returns = 0

    def read(self, offset: int, count: int) -> bytes:
        end = min(offset + count, self._size)
        if offset >= end:
            return b""
        first, last = offset // _BLOCK_BYTES, (end - 1) // _BLOCK_BYTES
        text = b"".join(self._block(number) for number in range(first, last + 1))
        return text[offset - first * _BLOCK_BYTES : end - first * _BLOCK_BYTES]

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if number * _BLOCK_BYTES < self._file.tell():
                self._returns += 1
                if self._returns > _MOST_RETURNS:
                    raise ValueError(f"its tables lie all over it, and would have it unpacked more than {_MOST_RETURNS} times")
            self._file.seek(number * _BLOCK_BYTES)
            self._blocks[number] = self._file.read(_BLOCK_BYTES)
            if len(self._blocks) > _BLOCKS:
                self._blocks.popitem(last=False)
        return self._blocks[number]

    def close(self) -> None:
        self._file.close()


@contextmanager
def window_on_member(archive: ZipFile, member: ZipInfo) -> Iterator[Window]:
    """Opens a member for reading through a window; raises what zipfile raises for a damaged archive."""
    unpacked = _Unpacked(archive, member)
    try:
        yield Window(unpacked.read, member.file_size)
    finally:
        unpacked.close()
