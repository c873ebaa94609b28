"""Gives the dynamic symbols of an ELF file: what it leaves undefined, what it exports, and whether it exports some wanted names.

The last goes through the hash table as the loader does, so that a library of 200,000 names is asked for a thousand in milliseconds.
Formats: gABI, "Dynamic Linking", https://www.sco.com/developers/gabi/latest/ch5.dynamic.html; DT_GNU_HASH has no standard, this is glibc's elf/dl-lookup.c.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from drivetrain.binaries.elf_dynamic import GNU_HASH, HASH, STRTAB, SYMTAB, VERSYM, Dynamic, dynamic_of
from drivetrain.binaries.elf_hash import GnuTable, SystemTable, gnu_table, system_table
from drivetrain.binaries.window import Window
from drivetrain.model.binary import Symbol

_ROW = 24
_MOST = 4_000_000
"""Symbols of a file: libtensorflow_cc.so.2 of 2.21 exports 470,000."""
_READ_WHOLE = 8 << 20
"""Bytes of the string table up to which reading all of it is quicker than name by name, where only some are wanted."""
_AT_ONCE = 4096
_GLOBAL, _WEAK, _UNIQUE = 1, 2, 10
_HIDDEN = 0x8000


def undefined_in(window: Window, *, whole: bool = False) -> tuple[Symbol, ...]:
    """Gives the names that a file leaves to others, by one reading of all names if `whole`; raises ValueError for a file that contradicts itself."""
    dynamic = dynamic_of(window)
    versions = {number: (version, library) for number, version, library in dynamic.needed_versions()}
    found = []
    for name, number, bind in _rows(dynamic, defined=False, whole=whole):
        version, library = versions.get(number & ~_HIDDEN, ("", ""))
        found.append(Symbol(name=name, version=version, library=library, weak=bind == _WEAK))
    return tuple(found)


def exported_by(window: Window) -> tuple[Symbol, ...]:
    """Gives the names that a file gives to others; raises ValueError for a file that contradicts itself."""
    dynamic = dynamic_of(window)
    versions = dict(dynamic.own_versions())
    rows = _rows(dynamic, defined=True, whole=True)
    return tuple(
        Symbol(name=name, version=versions.get(number & ~_HIDDEN, "") if number & ~_HIDDEN > 1 else "", weak=bind == _WEAK) for name, number, bind in rows
    )


def exports_among(window: Window, names: Iterable[str]) -> frozenset[str]:
    """Gives those of the names that a file exports; raises ValueError for a file that contradicts itself."""
    dynamic = dynamic_of(window)
    table = _table(dynamic)
    return frozenset(name for name in names if table is not None and _holds(dynamic, table, name))


def _holds(dynamic: Dynamic, table: GnuTable | SystemTable, name: str) -> bool:
    text = name.encode("utf-8", "surrogateescape") + b"\0"
    for index in table.candidates(text[:-1]):
        at, info, _, section = dynamic.numbers("IBBH", _place(dynamic, SYMTAB) + _ROW * index)
        if section and info >> 4 in (_GLOBAL, _WEAK, _UNIQUE) and dynamic.at(_place(dynamic, STRTAB) + at, len(text)) == text:
            return True
    return False


def _table(dynamic: Dynamic) -> GnuTable | SystemTable | None:
    if (place := dynamic.value(GNU_HASH)) is not None:
        return gnu_table(dynamic, place)
    return system_table(dynamic, place) if (place := dynamic.value(HASH)) is not None else None


def _count(dynamic: Dynamic) -> int:
    """The number of symbols, which no tag states: the old hash table does, and the new one by its last chain."""
    if (place := dynamic.value(HASH)) is not None:
        return dynamic.numbers("II", place)[1]
    table = _table(dynamic)
    if isinstance(table, GnuTable) and not table.is_empty:
        return table.end()
    # A table of nothing says nothing; linkers lay the names behind the symbols.
    symbols, strings = dynamic.value(SYMTAB), dynamic.value(STRTAB)
    return max(0, strings - symbols) // _ROW if symbols is not None and strings is not None else 0


def _rows(dynamic: Dynamic, *, defined: bool, whole: bool) -> Iterator[tuple[str, int, int]]:
    """Gives (name, number of its version, binding) of the global symbols of one kind.

    All are read: what is undefined mostly lies before what the table of GNU's kind holds, but linkers leave some of it among the rest.
    """
    end = _count(dynamic)
    if end > _MOST:
        raise ValueError(f"it states {end} symbols")
    if end <= 1:
        return
    strings = dynamic.strings()
    names = strings.whole() if whole or strings.size <= _READ_WHOLE else strings.text
    versions = dynamic.value(VERSYM)
    for start in range(0, end, _AT_ONCE):
        count = min(_AT_ONCE, end - start)
        rows = struct.iter_unpack("<IBBHQQ", dynamic.at(_place(dynamic, SYMTAB) + _ROW * start, _ROW * count))
        numbers = dynamic.numbers(f"{count}H", versions + 2 * start) if versions is not None else (0,) * count
        for (name, info, _, section, _, _), number in zip(rows, numbers, strict=True):
            if bool(section) is defined and name and info >> 4 in (_GLOBAL, _WEAK, _UNIQUE):
                yield names(name), number, info >> 4


def _place(dynamic: Dynamic, tag: int) -> int:
    value = dynamic.value(tag)
    if value is None:
        raise ValueError(f"its dynamic section lacks tag {tag}")
    return value
