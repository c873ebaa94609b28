"""Gives the dynamic symbols of a shared library of any format, and whether it exports some wanted names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from drivetrain.binaries import elf_symbols, pe_symbols
from drivetrain.binaries.elf_dynamic import is_plain
from drivetrain.binaries.window import Window, window_on
from drivetrain.model.binary import Symbol, Symbols


def symbols_of(window: Window) -> Symbols:
    """Gives what an open file takes from others and gives to others; what cannot be read is a fault of it."""
    try:
        if is_plain(window):
            return Symbols(imports=elf_symbols.undefined_in(window, whole=True), exports=elf_symbols.exported_by(window))
        if window.at(0, 2) == b"MZ":
            return Symbols(imports=pe_symbols.imported_by(window), exports=pe_symbols.exported_by(window))
        if window.at(0, 4) == b"\x7fELF":
            return Symbols(faults=("symbols are read of 64-bit little-endian files only",))
        from drivetrain.binaries.macho_symbols import symbols_of_macho

        imports, exports = symbols_of_macho(window)
        return Symbols(imports=imports, exports=exports)
    except ValueError as error:
        return Symbols(faults=(f"its symbols cannot be read: {error}",))


def imports_of(path: Path) -> tuple[Symbol, ...]:
    """Gives the names that a library on disk, ELF or PE, takes from others; raises OSError, and ValueError for one that contradicts itself."""
    with window_on(path) as window:
        return elf_symbols.undefined_in(window) if is_plain(window) else pe_symbols.imported_by(window)


def exports_of(path: Path, names: Iterable[str]) -> frozenset[str]:
    """Gives those of the names that a library on disk, ELF or PE, exports; raises as imports_of does."""
    with window_on(path) as window:
        return elf_symbols.exports_among(window, names) if is_plain(window) else pe_symbols.exports_among(window, names)
