"""Gives what a Mach-O file imports from which library and exports, by its symbol table.

Formats: Apple's <mach-o/nlist.h> and <mach-o/loader.h>, https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/nlist.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from drivetrain.binaries.macho_file import linked_libraries, slice_commands
from drivetrain.binaries.window import Window
from drivetrain.model.binary import Symbol

_SYMTAB = 0x2
_EXTERNAL, _KIND, _STAB, _WEAK = 0x01, 0x0E, 0xE0, 0x40
_MOST, _MOST_TEXT = 4_000_000, 256 << 20
_AT_ONCE = 4096


def symbols_of_macho(window: Window) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...]]:
    """Gives the imports and the exports of the first slice; raises ValueError for a file that contradicts itself."""
    start, wide, commands = slice_commands(window)
    libraries = linked_libraries(commands)
    imports, exports = [], []
    for body in (body for kind, body in commands if kind == _SYMTAB and len(body) >= 24):
        for name, kind, extra in _rows(window, start, wide, struct.unpack_from("<4I", body, 8)):
            if kind & _KIND:
                exports.append(Symbol(name=name))
                continue
            number = extra >> 8
            library = libraries[number - 1] if 0 < number <= len(libraries) else ""
            imports.append(Symbol(name=name, library=library, weak=bool(extra & _WEAK)))
    return tuple(imports), tuple(exports)


def _rows(window: Window, start: int, wide: bool, table: tuple[int, ...]) -> Iterator[tuple[str, int, int]]:
    """Gives (name, kind, description) of the external symbols."""
    place, count, names, size = table
    if count > _MOST or size > _MOST_TEXT:
        raise ValueError(f"it states {count} symbols with names of {size} bytes")
    text = window.at(start + names, size)
    row = 16 if wide else 12
    for first in range(0, count, _AT_ONCE):
        wanted = min(_AT_ONCE, count - first) * row
        rows = window.at(start + place + first * row, wanted)
        if len(rows) < wanted:
            raise ValueError("its symbol table lies outside the file")
        for index, kind, _, extra in (each[:4] for each in struct.iter_unpack("<IBBHQ" if wide else "<IBBHI", rows)):
            end = text.find(b"\0", index)
            if kind & _EXTERNAL and not kind & _STAB and end > index:
                yield text[index:end].decode("utf-8", "replace"), kind, extra
