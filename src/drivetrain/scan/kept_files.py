"""The lines of a RECORD that is remembered, read when somebody first asks for one.

An environment has 47,000 of them, and an audit that remembers it asks for a few hundred: to make values of all takes a tenth of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from drivetrain.model.environment import OwnedFile


class KeptFiles(Sequence[OwnedFile]):
    """The files that one distribution owns; equal to the tuple of them."""

    __slots__ = ("_count", "_read", "_reader")

    def __init__(self, count: int, reader: Callable[[], tuple[OwnedFile, ...]]) -> None:
        self._count = count
        self._reader = reader
        self._read: tuple[OwnedFile, ...] | None = None

    @property
    def _lines(self) -> tuple[OwnedFile, ...]:
        if self._read is None:
            self._read = self._reader()
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
