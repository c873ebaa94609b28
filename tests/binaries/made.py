"""Makes tiny shared libraries with device code: ELF and PE by hand, one byte at a time."""

from __future__ import annotations

import struct

KINDS = {"ptx": 1, "sass": 2, "lto": 8}


def entry(kind: str, architecture: int, flags: int = 0, payload: int = 24, header: int = 64) -> bytes:
    """Gives one entry of a container."""
    text = bytearray(header)
    struct.pack_into("<HHIQ", text, 0, KINDS.get(kind, 99), 0x101, header, payload)
    struct.pack_into("<I", text, 28, architecture)
    struct.pack_into("<Q", text, 40, flags)
    return bytes(text) + b"\xaa" * payload


def container(*entries: bytes, version: int = 1, header: int = 16, size: int | None = None) -> bytes:
    """Gives a container of entries; `size` states another one than is true."""
    payload = b"".join(entries)
    return struct.pack("<IHHQ", 0xBA55ED50, version, header, len(payload) if size is None else size) + payload


def elf(**sections: bytes) -> bytes:
    """Gives an ELF file with these sections ("nv_fatbin" becomes ".nv_fatbin")."""
    names = ["", *(f".{name}" if not name.startswith("__") else name for name in sections), ".shstrtab"]
    table = b"\0".join(name.encode() for name in names) + b"\0"
    body, rows = b"", [struct.pack("<IIQQQQ", 0, 0, 0, 0, 0, 0) + bytes(24)]
    for name, content in zip(names[1:], (*sections.values(), table), strict=True):
        start = 64 + len(body)
        rows.append(struct.pack("<IIQQQQ", table.index(name.encode()), 1, 0, 0, start, len(content)) + bytes(24))
        body += content
    header = bytearray(64)
    header[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<HH", header, 16, 3, 62)
    struct.pack_into("<Q", header, 0x28, 64 + len(body))
    struct.pack_into("<HHH", header, 0x3A, 64, len(rows), len(rows) - 1)
    return bytes(header) + body + b"".join(rows)


def pe(name: bytes, content: bytes) -> bytes:
    """Gives a PE file with one section."""
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 0, 0)
    return head + struct.pack("<8sIIII", name, len(content), 0x1000, len(content), len(head) + 40) + bytes(16) + content


def cubin(flags: int, abi: int = 7) -> bytes:
    """Gives the header of a cubin, an ELF file for the GPU."""
    header = bytearray(64)
    header[:6] = b"\x7fELF\x02\x01"
    header[8] = abi
    struct.pack_into("<HH", header, 16, 2, 190)
    struct.pack_into("<I", header, 48, flags)
    return bytes(header)
