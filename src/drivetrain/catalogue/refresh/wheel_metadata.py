"""Gives the METADATA of a wheel without downloading the wheel; source: PEP 658 and PKWARE's APPNOTE (end of central directory, 4.3.12, 4.3.7).

Large wheels have central directories of over a megabyte (torch lists 12,000 files), and METADATA stands at their end, so the last bytes of the
file nearly always hold its record: one or two requests of a few kilobytes. Where they do not, `zipfile` reads the directory through `RangeFile`.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Any

from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.index_page import IndexFile

_TAIL_BYTES = 32_768
_RECORD = re.compile(rb"PK\x01\x02.{42}([^/\x00]{1,200}\.dist-info/METADATA)", re.DOTALL)
_LOCAL_HEADER_BYTES = 30


def metadata_of(client: Client, file: IndexFile) -> bytes | None:
    """Gives METADATA; None where the server sends only whole files and this one is large, or where the file is no wheel."""
    if file.metadata_offered:
        reply = client.document(f"{file.url}.metadata")
        if reply.status == 200:
            return reply.body
    try:
        return _through_ranges(client, file)
    except (zipfile.BadZipFile, KeyError, zlib.error, struct.error):
        return None


def _through_ranges(client: Client, file: IndexFile) -> bytes | None:
    # Counted from the start where the page says the size: some servers and caches do not know ranges that count from the end.
    start = None if file.bytes is None else max(0, file.bytes - _TAIL_BYTES)
    reply = client.span(file.url, start, None, suffix=_TAIL_BYTES)
    if reply.withheld:
        return None
    stream = RangeFile(client, file.url, reply.body, reply.start, reply.start + len(reply.body))
    found = _noted_in(reply.body, stream)
    return found if found is not None else _from_directory(stream)


def _noted_in(tail: bytes, stream: RangeFile) -> bytes | None:
    """Gives METADATA by the record that stands in the tail, None where there is none that can be trusted."""
    records = list(_RECORD.finditer(tail))
    if not records:
        return None
    record = records[-1]
    method, checksum, packed, name_bytes, offset = struct.unpack("<10xH4xII4xH12xI", tail[record.start() : record.start() + 46])
    if name_bytes != len(record[1]) or offset == 0xFFFFFFFF or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    stream.seek(offset)
    # The local extra field may differ from the directory's; what wheels have there fits into 64 bytes, and `read` asks again otherwise.
    stream.ahead(_LOCAL_HEADER_BYTES + name_bytes + 64 + packed)
    header = stream.read(_LOCAL_HEADER_BYTES)
    if header[:4] != b"PK\x03\x04":
        return None
    stream.seek(sum(struct.unpack("<26xHH", header)), io.SEEK_CUR)
    data = stream.read(packed)
    data = zlib.decompressobj(-15).decompress(data) if method == zipfile.ZIP_DEFLATED else data
    return data if zlib.crc32(data) == checksum else None


def _from_directory(stream: RangeFile) -> bytes:
    with zipfile.ZipFile(io.BufferedReader(stream, 65_536)) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1]
        return wheel.read(names[0] if names else "METADATA")


class RangeFile(io.RawIOBase):
    """A file on a server, read where it is asked to; keeps the last bytes it fetched."""

    def __init__(self, client: Client, url: str, held: bytes, start: int, total: int) -> None:
        self._client = client
        self._url = url
        self._tail = (start, held)
        self._held = (start, held)
        self._total = total
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._total)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def ahead(self, count: int) -> None:
        """Fetches the next `count` bytes in one request, unless they are held."""
        end = min(self._at + count, self._total)
        for start, held in (self._tail, self._held):
            if start <= self._at and end <= start + len(held):
                self._held = (start, held)
                return
        reply = self._client.span(self._url, self._at, end)
        self._held = (reply.start, reply.body)

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        count = min(len(view), max(0, self._total - self._at))
        if count == 0:
            return 0
        self.ahead(count)
        start, held = self._held
        piece = held[self._at - start : self._at - start + count]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
