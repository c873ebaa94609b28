"""Reads the dynamic section of a 64-bit little-endian ELF file by its program headers, as the loader does: section headers may be stripped or untrue.

Formats: System V ABI, "ELF-64 Object File Format"; the gABI's dynamic section, https://www.sco.com/developers/gabi/latest/ch5.dynamic.html; symbol versions,
https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html. pyelftools reads the same, and takes 23 ms for
a library of a large environment where this takes 0.1 ms.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from drivetrain.binaries.window import Window

NEEDED, HASH, STRTAB, SYMTAB, STRSZ, SONAME, RPATH, RUNPATH = 1, 4, 5, 6, 10, 14, 15, 29
GNU_HASH, VERSYM, VERDEF, VERDEFNUM, VERNEED, VERNEEDNUM = 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_LOAD, _DYNAMIC, _GNU_STACK, _EXECUTABLE = 1, 2, 0x6474E551, 1
_HEADER, _SEGMENT, _TAG = 64, 56, 16
_MOST_SEGMENTS, _MOST_TAGS, _MOST_VERSIONS = 1000, 10_000, 10_000
"""More is no library but a damaged or hostile file: those of frameworks have a dozen segments, 60 tags, and 60 versions."""
_LONGEST = 1 << 17
"""Bytes of a name: mangled ones reach some kilobytes."""
_PIECE = 256
_MOST_TEXT = 256 << 20
"""Of names in all: those of libtensorflow_cc.so.2 of 2.20 take 60 MB."""


class Strings(Struct, frozen=True):
    """The names of a file."""

    window: Window
    start: int
    size: int

    def text(self, index: int) -> str:
        """Gives the name at an index; raises ValueError where there is none."""
        found, most = b"", min(self.size - index, _LONGEST)
        while len(found) < most:
            piece = self.window.at(self.start + index + len(found), min(max(_PIECE, len(found)), most - len(found)))
            end = piece.find(b"\0")
            if end >= 0:
                return (found + piece[:end]).decode("utf-8", "replace")
            found += piece
        raise ValueError(f"name {index} lies outside the string table, or has no end")

    def whole(self) -> Callable[[int], str]:
        """Gives the same by one reading of all."""
        if self.size > _MOST_TEXT:
            raise ValueError(f"its names take {self.size} bytes")
        text = self.window.at(self.start, self.size)

        def name(index: int) -> str:
            end = text.find(b"\0", index)
            if end < 0:
                raise ValueError(f"name {index} lies outside the string table, or has no end")
            return text[index:end].decode("utf-8", "replace")

        return name


class Dynamic(Struct, frozen=True):
    """Where the loader finds everything."""

    window: Window
    machine: int
    loads: tuple[tuple[int, int, int], ...]
    """(address, bytes in the file, offset in it) of each part that is loaded."""
    tags: tuple[tuple[int, int], ...]
    wants_executable_stack: bool = False
    """Whether PT_GNU_STACK asks for one (elf(5)); a file that says nothing of its stack is a program's matter and an old compiler's."""

    def value(self, tag: int) -> int | None:
        """Gives the first value of a tag."""
        return next((value for name, value in self.tags if name == tag), None)

    def place(self, address: int, count: int) -> int:
        """Gives where that many bytes of the loaded file lie in it; raises ValueError where they are not part of it."""
        for start, length, offset in self.loads:
            if start <= address and address + count <= start + length and offset + address - start + count <= self.window.size:
                return offset + address - start
        raise ValueError(f"{count} bytes at address {hex(address)} lie outside the file")

    def at(self, address: int, count: int) -> bytes:
        """Gives that many bytes of the loaded file; raises ValueError where they are not part of it."""
        return self.window.at(self.place(address, count), count)

    def numbers(self, layout: str, address: int) -> tuple[int, ...]:
        """Gives the numbers at an address."""
        return struct.unpack(f"<{layout}", self.at(address, struct.calcsize(f"<{layout}")))

    def table(self, kind: Literal["I", "Q"], address: int, count: int) -> array[int]:
        """Gives a table of numbers of four or eight bytes, not turned into Python's own numbers before they are asked for."""
        found = array(kind, self.at(address, count * (4 if kind == "I" else 8)))
        if sys.byteorder == "big":
            found.byteswap()
        return found

    def strings(self) -> Strings:
        """Gives the string table."""
        start, size = self.value(STRTAB), self.value(STRSZ)
        if start is None or size is None:
            raise ValueError("its dynamic section names no string table")
        return Strings(self.window, self.place(start, size), size)

    def needed_versions(self) -> Iterator[tuple[int, str, str]]:
        """Gives (number, version, library) of every version that the file needs."""
        place, left = self.value(VERNEED), min(self.value(VERNEEDNUM) or 0, _MOST_VERSIONS)
        most, text = _MOST_VERSIONS, self.strings().text if left else str
        while place is not None and left:
            _, count, file, first, following = self.numbers("HHIII", place)
            library, inner = text(file), place + first
            for _ in range(count):
                most -= 1
                if most < 0:
                    raise ValueError("it states too many versions")
                _, _, number, name, step = self.numbers("IHHII", inner)
                yield number, text(name), library
                if not step:
                    break
                inner += step
            if not following:
                return
            place, left = place + following, left - 1

    def own_versions(self) -> Iterator[tuple[int, str]]:
        """Gives (number, version) of every version that the file defines."""
        place = self.value(VERDEF)
        for _ in range(min(self.value(VERDEFNUM) or 0, _MOST_VERSIONS) if place is not None else 0):
            _, _, number, _, _, first, following = self.numbers("HHHHIII", place or 0)
            yield number, self.strings().text(self.numbers("II", (place or 0) + first)[0])
            if not following:
                return
            place = (place or 0) + following


def is_plain(window: Window) -> bool:
    """Tells whether this reader takes the file: 64-bit and little-endian, as every platform of the frameworks is."""
    return window.at(0, 6) == b"\x7fELF\x02\x01"


def dynamic_of(window: Window) -> Dynamic:
    """Gives the dynamic section, without tags where there is none (a static program, a cubin); raises ValueError."""
    header = window.at(0, _HEADER)
    if len(header) < _HEADER:
        raise ValueError("its header breaks off")
    (machine,) = struct.unpack_from("<H", header, 18)
    (table,) = struct.unpack_from("<Q", header, 32)
    row, count = struct.unpack_from("<HH", header, 54)
    if count and (row != _SEGMENT or count > _MOST_SEGMENTS):
        raise ValueError(f"its program headers state {count} rows of {row} bytes")
    text = window.at(table, row * count) if count else b""
    if len(text) < row * count:
        raise ValueError("its program headers lie outside the file")
    rows = [struct.unpack_from("<IIQQQQ", text, row * index) for index in range(count)]
    loads = tuple((address, length, offset) for kind, _, offset, address, _, length in rows if kind == _LOAD)
    place = next(((offset, length) for kind, _, offset, _, _, length in rows if kind == _DYNAMIC), None)
    executable = any(kind == _GNU_STACK and flags & _EXECUTABLE for kind, flags, *_ in rows)
    return Dynamic(window, machine, loads, tuple(_tags(window, *place)) if place else (), executable)


def _tags(window: Window, offset: int, length: int) -> Iterator[tuple[int, int]]:
    count = length // _TAG
    if count > _MOST_TAGS:
        raise ValueError(f"its dynamic section states {count} entries")
    text = window.at(offset, count * _TAG)
    if len(text) < count * _TAG:
        raise ValueError("its dynamic section lies outside the file")
    for tag, value in struct.iter_unpack("<QQ", text):
        if not tag:
            return
        yield tag, value
