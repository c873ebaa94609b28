"""Makes a small DLL by hand: it imports two names of one DLL, delays another, and exports three."""

from __future__ import annotations

import struct

_BASE, _FILE = 0x1000, 0x200


def dll(
    name: bytes = b"some.dll",
    imports: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ((b"c10.dll", (b"alpha", b"beta")),),
    exports: tuple[bytes, ...] = (b"one", b"three", b"two"),
) -> bytes:
    """Gives a PE32+ file of one section; exported names must be in order, as the format wants them."""
    body = bytearray()

    def put(piece: bytes) -> int:
        place = _BASE + len(body)
        body.extend(piece + bytes(-len(piece) % 8))
        return place

    descriptors = b""
    for library, names in imports:
        hints = struct.pack(f"<{len(names) + 1}Q", *(put(struct.pack("<H", 0) + each + b"\0") for each in names), 0)
        descriptors += struct.pack("<IIIII", put(hints), 0, 0, put(library + b"\0"), put(hints))
    import_table = put(descriptors + bytes(20)), len(descriptors) + 20
    late = struct.pack("<8Q", put(struct.pack("<H", 0) + b"late\0"), *(0,) * 7)
    delayed = struct.pack("<IIIIIIII", 1, put(b"delayed.dll\0"), put(bytes(8)), put(late), put(late), 0, 0, 0)
    delay_table = put(delayed + bytes(32)), len(delayed) + 32
    names_table = put(struct.pack(f"<{len(exports)}I", *(put(each + b"\0") for each in exports)))
    functions, ordinals = put(struct.pack(f"<{len(exports)}I", *(_BASE,) * len(exports))), put(struct.pack(f"<{len(exports)}H", *range(len(exports))))
    directory = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, put(name + b"\0"), 1, len(exports), len(exports), functions, names_table, ordinals)
    export_table = put(directory), len(directory)
    directories = [(0, 0)] * 16
    directories[0], directories[1], directories[13] = export_table, import_table, delay_table
    size = -(-len(body) // _FILE) * _FILE
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, size, 0, _BASE, _BASE)
    optional += struct.pack(
        "<QIIHHHHHHIIIIHHQQQQII",
        0x180000000,
        0x1000,
        _FILE,
        6,
        0,
        0,
        0,
        6,
        0,
        0,
        0x1000 + -(-size // 0x1000) * 0x1000,
        _FILE,
        0,
        2,
        0x160,
        0x100000,
        0x1000,
        0x100000,
        0x1000,
        0,
        16,
    )
    optional += b"".join(struct.pack("<II", *each) for each in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", len(body), _BASE, size, _FILE, 0, 0, 0, 0, 0x40000040)
    return (head + optional + section).ljust(_FILE, b"\0") + bytes(body).ljust(size, b"\0")
