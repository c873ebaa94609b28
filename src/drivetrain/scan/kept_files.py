"""The lines of a RECORD as they are remembered, taken apart when somebody first asks for one.

An environment has 47,000 of them, and an audit that remembers it asks for a few hundred: to make values of all takes a tenth of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

import msgspec

from drivetrain.model.environment import OwnedFile

_LINES = msgspec.msgpack.Decoder(tuple[OwnedFile, ...])


class KeptFiles(Sequence[OwnedFile]):
    """The files that one distribution owns; equal to the tuple of them."""

    __slots__ = ("_again", "_count", "_read", "packed")

    def __init__(self, packed: msgspec.Raw, count: int, again: Callable[[], Sequence[OwnedFile]]) -> None:
        self.packed = packed
        self._count = count
        self._again = again
        """Reads the RECORD itself, where what is remembered turns out to be damaged."""
        self._read: tuple[OwnedFile, ...] | None = None

    @property
    def _lines(self) -> tuple[OwnedFile, ...]:
        if self._read is None:
            try:
                self._read = _LINES.decode(self.packed)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._read = tuple(self._again())
        return self._read

    @overload
    def __getitem__(self, index: int) -> OwnedFile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[OwnedFile, ...]: ...
    def __getitem__(self, index: int | slice) -> OwnedFile | tuple[OwnedFile, ...]:
        return self._lines[index]

    def __iter__(self) -> Iterator[OwnedFile]:
        return iter(self._lines)

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._lines == tuple(other)

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        return repr(self._lines)


def packed(files: Iterable[OwnedFile]) -> msgspec.Raw:
    """Gives the lines as they are remembered."""
    return files.packed if isinstance(files, KeptFiles) else msgspec.Raw(msgspec.msgpack.encode(tuple(files)))
