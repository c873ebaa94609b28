"""Reads glibc's /etc/ld.so.cache: which file the loader takes for a soname that no search path finds.

Format: glibc's sysdeps/generic/dl-cache.h and ldconfig.h, https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/generic/dl-cache.h;hb=glibc-2.36
(`struct cache_file_new`, its flags, and the entries of `glibc-hwcaps`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_OLD, _NEW = b"ld.so-1.7.0", b"glibc-ld.so.cache1.1"
_HEADER, _ENTRY, _OLD_HEADER, _OLD_ENTRY = 48, 24, 16, 12
_FLAGS = {"x86_64": 0x0303, "aarch64": 0x0A03, "i386": 0x0003, "ppc64le": 0x0503, "s390x": 0x0403, "riscv64": 0x1003}
"""FLAG_ELF_LIBC6 with the architecture's own (FLAG_X8664_LIB64, FLAG_AARCH64_LIB64, ...)."""
_EXTENSION = 1 << 62
"""Of `hwcap`: the entry's file lies below glibc-hwcaps/LEVEL. Other bits are those of the processor features that glibc 2.37 gave up."""
_MOST, _LONGEST = 200_000, 4096
"""Entries (a desktop has some thousands), and bytes of a path: a hostile file has many that each end at its last byte."""


def cached_paths(content: bytes, arch: str, levels: tuple[str, ...] = ()) -> dict[str, str]:
    """Gives the path for each soname of that architecture; none for a file that is no such cache or breaks off.

    Of several the first counts, and before it the one for the best of `levels` ("x86-64-v3").
    """
    start = _start(content)
    if start is None or arch not in _FLAGS:
        return {}
    found: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for name, path, hwcap in _entries(content, start, _FLAGS[arch]):
        rank = _rank(path, hwcap, levels)
        if rank is not None and rank < ranks.get(name, len(levels) + 1):
            found[name], ranks[name] = path, rank
    return found


def _start(content: bytes) -> int | None:
    """The new format may stand behind the old one, which ldconfig wrote for programs of the last century until 2020."""
    if content.startswith(_NEW):
        return 0
    if not content.startswith(_OLD) or len(content) < _OLD_HEADER:
        return None
    (count,) = struct.unpack_from("<I", content, 12)
    start = (_OLD_HEADER + _OLD_ENTRY * count + 7) & ~7
    return start if content[start : start + len(_NEW)] == _NEW else None


def _entries(content: bytes, start: int, flags: int) -> Iterator[tuple[str, str, int]]:
    if len(content) < start + _HEADER:
        return
    (count,) = struct.unpack_from("<I", content, start + 20)
    for place in range(start + _HEADER, min(start + _HEADER + _ENTRY * min(count, _MOST), len(content) - _ENTRY + 1), _ENTRY):
        kind, key, value, _, hwcap = struct.unpack_from("<iIIIQ", content, place)
        if kind == flags:
            name, path = _text(content, start + key), _text(content, start + value)
            if name and path:
                yield name, path, hwcap


def _rank(path: str, hwcap: int, levels: tuple[str, ...]) -> int | None:
    if not hwcap:
        return len(levels)
    level = path.partition("/glibc-hwcaps/")[2].partition("/")[0]
    return levels.index(level) if hwcap & _EXTENSION and level in levels else None


def _text(content: bytes, offset: int) -> str:
    end = content.find(b"\0", offset, offset + _LONGEST)
    return content[offset:end].decode("utf-8", "replace") if offset < end else ""
