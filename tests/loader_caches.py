"""Builds /etc/ld.so.cache files, as glibc's dl-cache.h lays them out."""

from __future__ import annotations

import struct

X86, ARM, EXTENSION = 0x0303, 0x0A03, 1 << 62


def cache(*rows: tuple[str, str, int, int], old: int | None = None) -> bytes:
    """Builds a cache of (soname, path, flags, hwcap) as dl-cache.h lays it out; `old`: entries of the old format before it."""
    texts = b""
    entries = b""
    start = 48 + 24 * len(rows)
    for name, path, flags, hwcap in rows:
        key = start + len(texts)
        texts += name.encode() + b"\0"
        value = start + len(texts)
        texts += path.encode() + b"\0"
        entries += struct.pack("<iIIIQ", flags, key, value, 0, hwcap)
    new = b"glibc-ld.so.cache1.1" + struct.pack("<II", len(rows), len(texts)) + bytes(20) + entries + texts
    if old is None:
        return new
    before = b"ld.so-1.7.0\0" + struct.pack("<I", old) + bytes(12 * old)
    return before + bytes(-len(before) % 8) + new
