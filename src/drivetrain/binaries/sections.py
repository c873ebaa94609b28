"""Tells which section of a shared library an offset lies in.

Formats: System V ABI, "ELF-64 Object File Format"; Microsoft, "PE Format", https://learn.microsoft.com/en-us/windows/win32/debug/pe-format.
"""

from __future__ import annotations

import struct
from bisect import bisect_right

from msgspec import Struct

from drivetrain.binaries.window import Window

_ELF_HEADER, _ELF_SECTION, _PE_SECTION = 64, 64, 40
_NO_BITS = 8
_MOST_SECTIONS = 10_000
_TABLES = (2, 3, 4, 5, 9, 11, 0x6FFFFFF6, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF)
"""Symbols, their names, relocations, hashes, versions: SHT_SYMTAB, STRTAB, RELA, HASH, REL, DYNSYM, GNU_HASH, GNU_verdef, verneed, versym."""
_EXECUTED, _PE_EXECUTED = 0x4, 0x20000000
_UNWINDING = (".eh_frame", ".eh_frame_hdr", ".gcc_except_table", ".pdata", ".xdata", ".reloc")


class Section(Struct, frozen=True):
    """A named part of the file."""

    start: int
    end: int
    name: str
    data: bool = True
    """False: the processor's own instructions, or tables of the linker, the loader and the debugger, which hold no device code."""


def spans_of_data(sections: tuple[Section, ...], size: int) -> tuple[tuple[int, int], ...]:
    """Gives the parts of a file that may hold device code, those that no section covers among them."""
    spans, start = [], 0
    for each in sections:
        if not each.data and each.end > start:
            if each.start > start:
                spans.append((start, each.start))
            start = min(each.end, size)
    return (*spans, (start, size)) if start < size else tuple(spans)


def sections_of(window: Window) -> tuple[Section, ...]:
    """Gives the sections of an ELF or PE file by their place in the file; none for another format or a damaged table."""
    magic = window.at(0, 6)
    if magic == b"\x7fELF\x02\x01":
        return _ordered(_elf(window))
    return _ordered(_pe(window)) if magic[:2] == b"MZ" else ()


def section_at(sections: tuple[Section, ...], offset: int) -> str:
    """Gives the name of the section that holds an offset; empty where none does."""
    place = bisect_right(sections, offset, key=lambda each: each.start) - 1
    return sections[place].name if place >= 0 and offset < sections[place].end else ""


def _ordered(found: list[Section]) -> tuple[Section, ...]:
    return tuple(sorted((each for each in found if each.end > each.start), key=lambda each: each.start))


def _elf(window: Window) -> list[Section]:
    header = window.at(0, _ELF_HEADER)
    if len(header) < _ELF_HEADER:
        return []
    (table,) = struct.unpack_from("<Q", header, 0x28)
    entry_size, count, names_index = struct.unpack_from("<HHH", header, 0x3A)
    if entry_size != _ELF_SECTION or names_index >= count:
        return []
    text = window.at(table, entry_size * count)
    if len(text) < entry_size * count:
        return []
    rows = [struct.unpack_from("<IIQQQQ", text, entry_size * index) for index in range(count)]
    names = window.at(rows[names_index][4], min(rows[names_index][5], 1 << 20))
    return [_elf_section(_name(names, name), kind, flags, (start, start + size)) for name, kind, flags, _, start, size in rows if kind != _NO_BITS]


def _elf_section(name: str, kind: int, flags: int, span: tuple[int, int]) -> Section:
    other = flags & _EXECUTED or kind in _TABLES or name in _UNWINDING or name.startswith(".debug_")
    return Section(*span, name, not other)


def _name(names: bytes, offset: int) -> str:
    end = names.find(b"\0", offset)
    return names[offset:end].decode("ascii", "replace") if 0 <= offset < end else ""


def _pe(window: Window) -> list[Section]:
    header = window.at(0, 64)
    if len(header) < 64:
        return []
    (place,) = struct.unpack_from("<I", header, 0x3C)
    head = window.at(place, 24)
    if len(head) < 24 or head[:4] != b"PE\0\0":
        return []
    (count,) = struct.unpack_from("<H", head, 6)
    (optional,) = struct.unpack_from("<H", head, 20)
    text = window.at(place + 24 + optional, _PE_SECTION * count)
    if len(text) < _PE_SECTION * count or count > _MOST_SECTIONS:
        return []
    found = []
    for index in range(count):
        raw, _, _, size, start = struct.unpack_from("<8sIIII", text, _PE_SECTION * index)
        (flags,) = struct.unpack_from("<I", text, _PE_SECTION * index + 36)
        name = raw.rstrip(b"\0").decode("ascii", "replace")
        found.append(Section(start, start + size, name, not flags & _PE_EXECUTED and name not in _UNWINDING))
    return found
