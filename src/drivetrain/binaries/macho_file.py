"""Gives what a Mach-O file tells macOS's loader, from its load commands.

Formats: Apple's <mach-o/loader.h> and <mach-o/fat.h>, https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from drivetrain.binaries.window import Window
from drivetrain.model.binary import Linkage

THIN, FAT = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"), (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_ARCHES = {0x01000007: "x86_64", 0x0100000C: "arm64", 7: "i386", 12: "arm"}
_ID, _LOAD, _WEAK, _REEXPORT, _RPATH, _MACOS, _BUILD = 0xD, 0xC, 0x80000018, 0x8000001F, 0x8000001C, 0x24, 0x32
_MOST_SLICES, _MOST_COMMANDS_BYTES, _MOST_COMMANDS = 20, 4 << 20, 10_000
"""A Java class file begins like a fat file and would state 50 slices and more; real libraries have some dozens of commands in some kilobytes."""


def is_macho(window: Window) -> bool:
    """Tells whether a file begins as Mach-O files do."""
    magic = window.at(0, 4)
    return magic in THIN or (magic in FAT and 0 < int.from_bytes(window.at(4, 4), "big") <= _MOST_SLICES)


def macho_linkage(window: Window) -> Linkage:
    """Gives a Mach-O file's linkage, of its first slice where it holds several; what cannot be read is a fault of it."""
    slices = tuple(_slices(window))
    arches, found, faults = [], [], []
    for start in slices:
        header = window.at(start, 32)
        if len(header) < 32 or header[:4] not in THIN:
            faults.append(f"no Mach-O header at {start}")
            continue
        kind, count, length = (*struct.unpack_from("<I", header, 4), *struct.unpack_from("<II", header, 16))
        arches.append(_ARCHES.get(kind, f"unknown ({hex(kind)})"))
        text = window.at(start + (32 if header[:4] == THIN[0] else 28), min(length, _MOST_COMMANDS_BYTES))
        commands = list(_commands(text, count))
        if len(commands) != count:
            faults.append(f"its load commands break off after {len(commands)} of {count}")
        found.append(commands)
    return _linkage(" ".join(arches) or "unknown", found[0] if found else [], faults)


def slice_commands(window: Window) -> tuple[int, bool, list[tuple[int, bytes]]]:
    """Gives where the first slice starts, whether it is of 64 bits, and its load commands; raises ValueError where it is none."""
    start = next(_slices(window), 0)
    header = window.at(start, 32)
    if len(header) < 32 or header[:4] not in THIN:
        raise ValueError(f"no Mach-O header at {start}")
    wide = header[:4] == THIN[0]
    count, length = struct.unpack_from("<II", header, 16)
    return start, wide, list(_commands(window.at(start + (32 if wide else 28), min(length, _MOST_COMMANDS_BYTES)), count))


def linked_libraries(commands: list[tuple[int, bytes]]) -> tuple[str, ...]:
    """Gives the libraries in the order in which symbols number them."""
    return tuple(_text(body) for kind, body in commands if kind in (_LOAD, _WEAK, _REEXPORT))


def _linkage(arch: str, commands: list[tuple[int, bytes]], faults: list[str]) -> Linkage:
    def named(*kinds: int) -> tuple[str, ...]:
        return tuple(_text(body) for kind, body in commands if kind in kinds)

    return Linkage(
        format="macho",
        arch=arch,
        soname=next(iter(named(_ID)), None),
        needed=named(_LOAD, _REEXPORT),
        delayed=named(_WEAK),
        search_path=named(_RPATH),
        needs_versions=tuple(_oldest(kind, body) for kind, body in commands if kind in (_MACOS, _BUILD) and len(body) >= 16),
        faults=tuple(faults),
    )


def _slices(window: Window) -> Iterator[int]:
    magic = window.at(0, 4)
    if magic in THIN:
        yield 0
        return
    wide = magic == FAT[1]
    count = int.from_bytes(window.at(4, 4), "big")
    row = 32 if wide else 20
    table = window.at(8, row * count)
    for index in range(len(table) // row):
        yield struct.unpack_from(">Q" if wide else ">I", table, index * row + 8)[0]


def _commands(text: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    place = 0
    for _ in range(min(count, _MOST_COMMANDS)):
        if place + 8 > len(text):
            return
        kind, size = struct.unpack_from("<II", text, place)
        if size < 8 or place + size > len(text):
            return
        yield kind, text[place : place + size]
        place += size


def _text(command: bytes) -> str:
    start = int.from_bytes(command[8:12], "little")
    return command[start:].split(b"\0", 1)[0].decode("utf-8", "replace") if 12 <= start < len(command) else ""


def _oldest(kind: int, command: bytes) -> str:
    """LC_VERSION_MIN_MACOSX states the version at 8, LC_BUILD_VERSION the platform there and the version at 12."""
    (version,) = struct.unpack_from("<I", command, 8 if kind == _MACOS else 12)
    return f"macOS {version >> 16}.{version >> 8 & 0xFF}"
