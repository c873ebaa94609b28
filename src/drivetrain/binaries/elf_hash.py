"""Finds names in the hash tables of an ELF file, GNU's and System V's, without reading its symbols.

Formats: gABI, "Hash Table", https://www.sco.com/developers/gabi/latest/ch5.dynamic.html; GNU's: glibc's elf/dl-lookup.c, https://sourceware.org/glibc/.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from drivetrain.binaries.elf_dynamic import Dynamic

_MOST_BUCKETS, _MOST_CHAIN = 8_000_000, 10_000
"""GNU's linker makes 32,771 buckets at most, so that a million symbols make chains of some dozens; each name that is sought walks one."""
_AT_ONCE = 16


class GnuTable(Struct, frozen=True):
    """DT_GNU_HASH: a filter that says of most names at once that they are absent, then chains of symbols in order."""

    dynamic: Dynamic
    first: int
    """Index of the first symbol that it holds."""
    shift: int
    filter: array[int]
    buckets: array[int]
    chains: int
    """Address of the hash of symbol `first`."""

    @property
    def is_empty(self) -> bool:
        return not any(self.buckets)

    def candidates(self, name: bytes) -> Iterator[int]:
        """Gives the symbols with the name's hash."""
        number = gnu_hash(name)
        word = self.filter[number // 64 % len(self.filter)]
        if not word >> number % 64 & word >> (number >> self.shift) % 64 & 1:
            return
        start = self.buckets[number % len(self.buckets)]
        if start < self.first:
            return
        yield from (index for index, each in self._chain(start) if each | 1 == number | 1)

    def end(self) -> int:
        """Gives the index behind the last symbol."""
        return max((index for index, _ in self._chain(max(self.buckets))), default=self.first - 1) + 1

    def _chain(self, start: int) -> Iterator[tuple[int, int]]:
        index = start
        while index < start + _MOST_CHAIN:
            for each in self._hashes(index):
                yield index, each
                if each & 1:
                    return
                index += 1
        raise ValueError("a chain of its hash table has no end")

    def _hashes(self, index: int) -> tuple[int, ...]:
        place = self.chains + 4 * (index - self.first)
        try:
            return self.dynamic.numbers(f"{_AT_ONCE}I", place)
        except ValueError:  # The table may end with the file's part.
            return self.dynamic.numbers("I", place)


class SystemTable(Struct, frozen=True):
    """DT_HASH."""

    buckets: array[int]
    chains: array[int]

    def candidates(self, name: bytes) -> Iterator[int]:
        """Gives the symbols in the name's chain."""
        index = self.buckets[system_hash(name) % len(self.buckets)]
        for _ in range(_MOST_CHAIN):
            if not index:
                return
            if index >= len(self.chains):
                raise ValueError(f"its hash table names symbol {index} of {len(self.chains)}")
            yield index
            index = self.chains[index]
        raise ValueError("a chain of its hash table has no end")


def gnu_table(dynamic: Dynamic, place: int) -> GnuTable:
    """Gives the table at an address; raises ValueError for one that contradicts itself."""
    buckets, first, words, shift = dynamic.numbers("IIII", place)
    if not buckets or not words or max(buckets, words) > _MOST_BUCKETS:
        raise ValueError(f"its hash table states {buckets} buckets and a filter of {words} words")
    behind = place + 16 + 8 * words
    return GnuTable(dynamic, first, min(shift, 63), dynamic.table("Q", place + 16, words), dynamic.table("I", behind, buckets), behind + 4 * buckets)


def system_table(dynamic: Dynamic, place: int) -> SystemTable:
    """Gives the table at an address; raises ValueError for one that contradicts itself."""
    buckets, chains = dynamic.numbers("II", place)
    if not buckets or max(buckets, chains) > _MOST_BUCKETS:
        raise ValueError(f"its hash table states {buckets} buckets for {chains} symbols")
    return SystemTable(dynamic.table("I", place + 8, buckets), dynamic.table("I", place + 8 + 4 * buckets, chains))


@lru_cache(maxsize=1 << 16)
def gnu_hash(name: bytes) -> int:
    """Gives GNU's hash of a name."""
    number = 5381
    for each in name:
        number = number * 33 + each & 0xFFFFFFFF
    return number


@lru_cache(maxsize=1 << 16)
def system_hash(name: bytes) -> int:
    """Gives System V's hash of a name."""
    number = 0
    for each in name:
        number = (number << 4) + each
        high = number & 0xF0000000
        number = (number ^ high >> 24) & ~high & 0xFFFFFFFF
    return number
