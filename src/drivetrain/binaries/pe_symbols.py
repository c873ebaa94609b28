"""Gives what a PE file imports from which DLL and exports by name, and whether it exports some wanted names, by the order that its name table is in.

Format: Microsoft, "PE Format", https://learn.microsoft.com/en-us/windows/win32/debug/pe-format. pefile reads the same, and takes seconds
for the 90,000 names of torch_cpu.dll.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from msgspec import Struct

from drivetrain.binaries.window import Window
from drivetrain.model.binary import Symbol

_EXPORT, _IMPORT, _DELAYED = 0, 1, 13
_MOST_SECTIONS, _MOST_DIRECTORIES, _MOST_DLLS, _MOST_NAMES = 10_000, 16, 10_000, 2_000_000
_LONGEST = 1 << 16
_PIECE = 256


class Image(Struct, frozen=True):
    """Where a file's parts come to lie in memory."""

    window: Window
    wide: bool
    """PE32+: 64 bits."""
    sections: tuple[tuple[int, int, int], ...]
    """(address, bytes in the file, offset in it)."""
    directories: tuple[int, ...]
    """Addresses; 0 for one that is not there."""

    def at(self, address: int, count: int) -> bytes:
        """Gives up to that many bytes at an address; raises ValueError where none are part of the file."""
        for start, length, offset in self.sections:
            if start <= address < start + length:
                return self.window.at(offset + address - start, min(count, start + length - address))
        raise ValueError(f"address {hex(address)} lies outside the file")

    def numbers(self, layout: str, address: int) -> tuple[int, ...]:
        """Gives the numbers at an address."""
        size = struct.calcsize(f"<{layout}")
        text = self.at(address, size)
        if len(text) < size:
            raise ValueError(f"{size} bytes at address {hex(address)} lie outside the file")
        return struct.unpack(f"<{layout}", text)

    def text(self, address: int) -> bytes:
        """Gives the name at an address."""
        found = b""
        while len(found) < _LONGEST:
            piece = self.at(address + len(found), _PIECE)
            end = piece.find(b"\0")
            if end >= 0:
                return found + piece[:end]
            if not piece:
                break
            found += piece
        raise ValueError(f"the name at address {hex(address)} has no end")

    def directory(self, number: int) -> int:
        """Gives the address of one of the tables; 0 where the file has none."""
        return self.directories[number] if number < len(self.directories) else 0


def imported_by(window: Window) -> tuple[Symbol, ...]:
    """Gives the names that a file takes of each DLL; those of DLLs that are loaded late may be missing. Raises ValueError."""
    image = image_of(window)
    found: list[Symbol] = []
    for library, table, weak in _dlls(image):
        for name in _thunks(image, table):
            found.append(Symbol(name=name, library=library, weak=weak))
            if len(found) > _MOST_NAMES:
                raise ValueError("its import tables have no end")
    return tuple(found)


def exported_by(window: Window) -> tuple[Symbol, ...]:
    """Gives the names that a file gives to others; raises ValueError for a file that contradicts itself."""
    image = image_of(window)
    return tuple(Symbol(name=image.text(place).decode("utf-8", "replace")) for place in _names(image))


def exports_among(window: Window, names: Iterable[str]) -> frozenset[str]:
    """Gives those of the names that a file exports; raises ValueError for a file that contradicts itself."""
    image = image_of(window)
    places = _names(image)
    return frozenset(name for name in names if _holds(image, places, name.encode("utf-8", "surrogateescape")))


def image_of(window: Window) -> Image:
    """Gives the headers of a PE file; raises ValueError for a file that contradicts itself."""
    place = int.from_bytes(window.at(60, 4), "little")
    head = window.at(place, 26)
    if len(head) < 26 or head[:4] != b"PE\0\0":
        raise ValueError("it has no PE header")
    count, size, magic = struct.unpack_from("<H", head, 6)[0], *struct.unpack_from("<H2xH", head, 20)
    wide = magic == 0x20B
    optional = window.at(place + 24, size)
    first = 112 if wide else 96
    rows = min(struct.unpack_from("<I", optional, first - 4)[0], _MOST_DIRECTORIES, (len(optional) - first) // 8) if len(optional) >= first else 0
    table = window.at(place + 24 + size, 40 * count)
    if count > _MOST_SECTIONS or len(table) < 40 * count:
        raise ValueError(f"its section table states {count} rows")
    sections = (struct.unpack_from("<II", table, 40 * index + 12) + struct.unpack_from("<I", table, 40 * index + 20) for index in range(count))
    directories = tuple(struct.unpack_from("<I", optional, first + 8 * index)[0] for index in range(rows))
    return Image(window, wide, tuple((address, length, offset) for address, length, offset in sections), directories)


def _dlls(image: Image) -> Iterator[tuple[str, int, bool]]:
    """Gives (DLL, address of its table of names, loaded late)."""
    for kind, layout, name_at, table_at in ((_IMPORT, "5I", 3, 0), (_DELAYED, "8I", 1, 4)):
        place = image.directory(kind)
        for _ in range(_MOST_DLLS if place else 0):
            row = image.numbers(layout, place)
            if not row[name_at]:
                break
            # Some old linkers state only the table that the loader overwrites, the fifth number.
            yield image.text(row[name_at]).decode("utf-8", "replace"), row[table_at] or row[4], kind == _DELAYED
            place += 4 * len(row)


def _thunks(image: Image, place: int) -> Iterator[str]:
    layout, by_number = ("Q", 1 << 63) if image.wide else ("I", 1 << 31)
    for _ in range(_MOST_NAMES):
        (value,) = image.numbers(layout, place)
        if not value:
            return
        yield f"#{value & 0xFFFF}" if value & by_number else image.text((value & 0x7FFFFFFF) + 2).decode("utf-8", "replace")
        place += 8 if image.wide else 4


def _names(image: Image) -> tuple[int, ...]:
    place = image.directory(_EXPORT)
    if not place:
        return ()
    count, _, names = image.numbers("3I", place + 24)
    if count > _MOST_NAMES:
        raise ValueError(f"it states {count} exported names")
    return image.numbers(f"{count}I", names) if count else ()


def _holds(image: Image, places: tuple[int, ...], name: bytes) -> bool:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        found = image.text(places[middle])
        if found == name:
            return True
        low, high = (middle + 1, high) if found < name else (low, middle)
    return False
