"""Brings single files of a wheel on an index onto the disk, piece by piece, without the wheel itself; source: PKWARE's APPNOTE (local file header, 4.3.7)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.index_page import IndexFile
from drivetrain.catalogue.refresh.wheel_metadata import RangeFile

_TAIL_BYTES = 2 << 20
"""Holds the directory of torch's 12,000 files in one request."""
_PIECE_BYTES = 32 << 20
_LOCAL_HEADER_BYTES = 30


def members_of(client: Client, file: IndexFile, names: str) -> tuple[zipfile.ZipInfo, ...]:
    """Gives the members whose file name matches, in the order of their names."""
    tail = client.span(file.url, max(0, (file.bytes or 0) - _TAIL_BYTES), None)
    stream = RangeFile(client, file.url, tail.body, tail.start, tail.start + len(tail.body))
    with zipfile.ZipFile(io.BufferedReader(stream, 65_536)) as wheel:
        found = [each for each in wheel.infolist() if re.fullmatch(names, each.filename.rpartition("/")[2])]
    return tuple(sorted(found, key=lambda each: each.filename))


def unpack(client: Client, file: IndexFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Writes one member; raises ValueError where its checksum is not the one that the wheel states."""
    checksum = 0
    with target.open("wb") as out:
        for data in _unpacked(client, file, member):
            checksum = zlib.crc32(data, checksum)
            out.write(data)
    if checksum != member.CRC:
        raise ValueError(f"{file.filename}: {member.filename} is damaged")


def _unpacked(client: Client, file: IndexFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    header = client.span(file.url, member.header_offset, member.header_offset + _LOCAL_HEADER_BYTES).body
    start = member.header_offset + _LOCAL_HEADER_BYTES + sum(struct.unpack_from("<HH", header, 26))
    inflate = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    for piece in _pieces(client, file, start, start + member.compress_size):
        yield inflate.decompress(piece) if inflate else piece
    if inflate:
        yield inflate.flush()


def _pieces(client: Client, file: IndexFile, start: int, end: int) -> Iterator[bytes]:
    """Gives the bytes in pieces; the next one is fetched while the last one is unpacked."""
    with ThreadPoolExecutor(1) as fetcher:
        spans = [(place, min(place + _PIECE_BYTES, end)) for place in range(start, end, _PIECE_BYTES)]
        coming = fetcher.submit(client.span, file.url, *spans[0])
        for index in range(len(spans)):
            reply = coming.result()
            if index + 1 < len(spans):
                coming = fetcher.submit(client.span, file.url, *spans[index + 1])
            if reply.withheld or len(reply.body) != spans[index][1] - spans[index][0]:
                raise ValueError(f"{file.filename}: the server does not give parts of it (status {reply.status})")
            yield reply.body
