"""Gives a log's bytes, in whatever encoding and dress they come, as chunks of plain lines in UTF-8; in constant memory.

UTF-16 is what PowerShell's `>` writes, GBK what Chinese Windows does; terminals' colours go, text that a carriage return has overwritten stays and is a
line of its own that is not counted, and so is each line inside a JSON string (notebooks, Docker's and Kubernetes' JSON logs).
Sources: https://www.unicode.org/faq/utf_bom.html, ECMA-48 (control sequences), https://nbformat.readthedocs.io/, https://docs.docker.com/engine/logging/drivers/json-file/.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

UNCOUNTED = b"\x0b\n"
"""Ends a line that is none of the file's own lines."""
LONGEST_LINE = 1 << 20
"""A line that is longer comes in pieces: a progress bar can fill a gigabyte without ending its line."""

_COLOURS = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_ESCAPED_COLOURS = re.compile(rb"\\u001[bB]\[[0-?]*[ -/]*[@-~]")
_ESCAPES = re.compile(rb'\\(?:([nrt"\\/])|u([0-9a-fA-F]{4}))')
_ESCAPED = {b"n": UNCOUNTED, b"r": UNCOUNTED, b"t": b"\t", b'"': b'"', b"\\": b"\\", b"/": b"/"}
_JSON = re.compile(rb'\s*\{\s*"')


def log_chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Gives the same text in chunks that end where a line ends."""
    pieces = iter(blocks)
    head = _head(pieces)
    encoding = encoding_of(head)
    is_json = False
    for number, chunk in enumerate(_whole_lines(_in_utf8(head, pieces, encoding))):
        is_json = bool(_JSON.match(chunk)) if number == 0 else is_json
        yield _plain(chunk, is_json=is_json)


def lines_in(chunk: bytes) -> int:
    """Gives how many lines of the file a chunk has ended, or would end."""
    uncounted = chunk.count(UNCOUNTED) if b"\x0b" in chunk else 0
    return chunk.count(b"\n") - uncounted + (bool(chunk) and not chunk.endswith(b"\n"))


def is_plain(head: bytes) -> bool:
    """Tells from its first bytes whether a text can be read from any of its lines on: UTF-8 or the like, and no JSON."""
    return encoding_of(head) == "utf-8" and not _JSON.match(head)


def encoding_of(head: bytes) -> str:
    """Gives the encoding that a text's first bytes show: a mark, or zeros in every second byte; UTF-8 for everything else."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return encoding
    sample = head[:4096]
    if len(sample) >= 4 and b"\0" in sample:
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if odd * 2 > len(sample) * 0.4 and odd > even * 4:
            return "utf-16-le"
        if even * 2 > len(sample) * 0.4 and even > odd * 4:
            return "utf-16-be"
    return "utf-8"


def _head(pieces: Iterator[bytes]) -> bytes:
    """Gives the first block, and as much more as a mark needs where it is very short."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= 64:
            break
    return head


def _in_utf8(head: bytes, pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield head.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(head).removeprefix("\ufeff").encode("utf-8", "replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        at = piece.rfind(b"\n") + 1
        if at:
            yield rest + piece[:at]
            rest = piece[at:]
        else:
            rest += piece
        if len(rest) > LONGEST_LINE:
            cut = rest.rfind(b"\r") + 1 or len(rest)
            yield rest[:cut] + UNCOUNTED
            rest = rest[cut:]
    if rest:
        yield rest


def _plain(chunk: bytes, *, is_json: bool) -> bytes:
    if not chunk.isascii():
        chunk = _readable(chunk)
    if b"\x1b" in chunk:
        chunk = _COLOURS.sub(b"", chunk)
    if b"\r" in chunk:
        chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", UNCOUNTED)
    if is_json and b"\\" in chunk:
        chunk = _ESCAPES.sub(_unescaped, _ESCAPED_COLOURS.sub(b"", chunk))
    return chunk


def _readable(chunk: bytes) -> bytes:
    """A line that is no UTF-8 is read as GBK's superset, and what is not even that keeps its ASCII."""
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return b"".join(map(_line, chunk.splitlines(keepends=True)))
    return chunk


def _line(line: bytes) -> bytes:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding).encode("utf-8", "replace")
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace").encode()


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return _ESCAPED[found[1]]
    return chr(int(found[2], 16)).encode("utf-8", "replace")
