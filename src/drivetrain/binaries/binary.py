"""Gives what a file is: its format, what it tells the loader, and its device code; every library of a wheel likewise."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from drivetrain.binaries.device_code import code_of
from drivetrain.binaries.elf_file import elf_linkage
from drivetrain.binaries.macho_file import is_macho, macho_linkage
from drivetrain.binaries.pe_file import pe_linkage
from drivetrain.binaries.symbols import symbols_of
from drivetrain.binaries.window import Window, window_on
from drivetrain.errors import FileError
from drivetrain.model.binary import Binary, Linkage
from drivetrain.words import say, why

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_TEXTS = (".py", ".pyi", ".pyc", ".h", ".hpp", ".cuh", ".txt", ".json", ".md", ".cmake", ".html", ".js")
_SHORTEST = 64
_ALWAYS_UNPACKED, _MOST_UNPACKED = 1 << 30, 100
"""Bytes, and times the archive's own size: those of wheels unpack to three times theirs, and members that share their bytes to any size."""
_BROKEN = (zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OverflowError, RuntimeError, ValueError)
"""In how many ways zipfile breaks on a damaged archive."""


def binaries_in(path: Path, shown: str, *, symbols: bool = False) -> tuple[Binary, ...]:
    """Gives the binary that a file is, or those that a wheel holds, on demand with their symbols; raises FileError for a file that is neither."""
    from zipfile import BadZipFile, ZipFile

    try:
        if path.is_dir():
            raise FileError(say("{path}: is a folder", path=shown), say("name libraries or wheels; audit reads a whole environment"))
        with window_on(path) as window:
            if window.at(0, 4) != b"PK\x03\x04":
                return (_read(window, shown, symbols),)
        with ZipFile(path) as archive:
            found = tuple(_members(archive, path, shown, symbols))
    except OSError as error:
        raise FileError(say("{path}: cannot be read ({why})", path=shown, why=why(error)), say("check the path and your rights on it")) from error
    except (BadZipFile, *_BROKEN) as error:
        raise FileError(say("{path}: is no whole archive ({why})", path=shown, why=error), say("download it again")) from error
    if not found:
        raise FileError(say("{path}: holds no shared library", path=shown), say("name a wheel with compiled code, or a library"))
    return found


def linkage_of(window: Window) -> Linkage | None:
    """Gives what an open file tells the loader; None for a file that is no ELF, PE or Mach-O."""
    reader = _reader(window)
    return reader(window) if reader is not None else None


def _members(archive: ZipFile, path: Path, shown: str, symbols: bool) -> Iterator[Binary]:
    from drivetrain.binaries.wheel_member import window_on_member

    members = sorted(archive.infolist(), key=lambda each: each.filename)
    stated = sum(each.file_size for each in members)
    if stated > max(_ALWAYS_UNPACKED, _MOST_UNPACKED * path.stat().st_size):
        raise FileError(say("{path}: would unpack to {gigabytes} GB, which no wheel does", path=shown, gigabytes=stated >> 30), say("download it again"))
    for member in members:
        if member.file_size >= _SHORTEST and not member.filename.endswith(_TEXTS) and _begins_as_binary(archive, member):
            with window_on_member(archive, member) as window:
                yield _read(window, f"{shown}/{member.filename}", symbols)


def _begins_as_binary(archive: ZipFile, member: ZipInfo) -> bool:
    with archive.open(member) as file:
        start = file.read(_SHORTEST)
    return _reader(Window(lambda offset, count: start[offset : offset + count], member.file_size)) is not None


def _reader(window: Window) -> Callable[[Window], Linkage] | None:
    magic = window.at(0, 4)
    if magic == b"\x7fELF":
        return elf_linkage
    if magic[:2] == b"MZ":
        return pe_linkage
    return macho_linkage if is_macho(window) else None


def _read(window: Window, shown: str, symbols: bool) -> Binary:
    reader = _reader(window)
    if reader is None:
        raise FileError(
            say("{path}: is no ELF, PE or Mach-O file and no wheel", path=shown), say("name a shared library (.so, .dll, .dylib), a program or a wheel")
        )
    linkage = reader(window)
    code = code_of(window)
    named = symbols_of(window) if symbols else None
    return Binary(
        path=shown,
        bytes=window.size,
        format=linkage.format,
        arch=linkage.arch,
        soname=linkage.soname,
        needed=linkage.needed,
        delayed=linkage.delayed,
        search_path=linkage.search_path,
        search_kind=linkage.search_kind,
        needs_versions=linkage.needs_versions,
        device_code=code.codes,
        symbols=named,
        faults=(*linkage.faults, *code.faults, *(named.faults if named else ())),
    )
