"""Gives the newest version of PTX in a library, which decides which drivers can compile it.

Source: the ISA's `.version` directive (https://docs.nvidia.com/cuda/parallel-thread-execution/index.html, Release Notes). In fat binaries PTX stands plain or
as an LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md); only its first bytes are unpacked here. Newer toolkits use zstd, which is
left unread.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from drivetrain.binaries.device_code import RELOCATABLE
from drivetrain.binaries.fat_binary import Container, containers_in
from drivetrain.binaries.sections import section_at, sections_of
from drivetrain.binaries.window import Window, window_on

_VERSION = re.compile(rb"\.version\s+(\d+\.\d+)")
_PTX, _LZ4 = 1, 0x2000
_ENOUGH = 600
"""The directive stands behind a comment of some 300 bytes."""


def newest_ptx(path: Path) -> tuple[str, str]:
    """Gives the newest version of all PTX in a file, "8.5", and of that beside which there is no code compiled for its architecture.

    What a chip of that architecture needs is the second; what a newer one needs is the first. Empty where there is none, or where some cannot be read.
    Relocatable code is left out: what runs is its linked copy.
    """
    every: set[tuple[int, ...]] = set()
    alone: set[tuple[int, ...]] = set()
    with window_on(path) as window:
        sections = sections_of(window)
        for container in containers_in(window):
            if section_at(sections, container.offset) in RELOCATABLE:
                continue
            compiled = {entry.target[3:] for entry in container.entries if entry.kind == "sass"}
            for target, text in _texts(window, container):
                found = _VERSION.search(text)
                if found is None:
                    return "", ""
                version = tuple(map(int, found[1].split(b".")))
                every.add(version)
                if target not in compiled:
                    alone.add(version)
    return _newest(every), _newest(alone)


def _newest(versions: set[tuple[int, ...]]) -> str:
    return ".".join(map(str, max(versions))) if versions else ""


def _texts(window: Window, container: Container) -> list[tuple[str, bytes]]:
    """Gives the architecture ("90a") and the beginning of each PTX text of a container."""
    texts = []
    place = container.offset + 16
    for entry in container.entries:
        header = window.at(place, 64)
        (kind,) = struct.unpack_from("<H", header, 0)
        size, payload = struct.unpack_from("<IQ", header, 4)
        (flags,) = struct.unpack_from("<Q", header, 40)
        if kind == _PTX:
            text = window.at(place + size, min(payload, _ENOUGH))
            texts.append((entry.target.removeprefix("compute_"), _unpacked(text) if flags & _LZ4 else text))
        place += size + payload
    return texts


def _unpacked(block: bytes) -> bytes:
    """Unpacks as much of an LZ4 block as is there."""
    out, at = bytearray(), 0
    try:
        while at < len(block) and len(out) < _ENOUGH:
            token = block[at]
            count, at = _length(block, at + 1, token >> 4)
            out += block[at : at + count]
            at += count
            offset = block[at] | block[at + 1] << 8
            count, at = _length(block, at + 2, token & 15)
            for _ in range(count + 4):
                out.append(out[-offset])
    except IndexError:
        pass  # The block goes on behind what was read, or is none: then no version is found.
    return bytes(out)


def _length(block: bytes, at: int, count: int) -> tuple[int, int]:
    if count == 15:
        while block[at] == 255:
            count, at = count + 255, at + 1
        count, at = count + block[at], at + 1
    return count, at
