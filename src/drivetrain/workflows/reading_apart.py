"""Reads a large log file with two processes, each a half: RE2 holds Python's lock while it reads, so threads would wait for each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from drivetrain.diagnose.sieve import Sieve, Sighting
from drivetrain.formats.log_text import is_plain, log_chunks

WORTH_BYTES = 24 << 20
"""Below this, starting a process costs more than it gives."""
BLOCK_BYTES = 1 << 18


class _Half(msgspec.Struct):
    lines: int
    sightings: dict[int, list[Sighting]]


def read_apart(path: Path, sieve: Sieve) -> bool:
    """Puts a file through the sieve; False, with nothing done, where that is better done in one process."""
    try:
        size = path.stat().st_size
        if size < WORTH_BYTES or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2 or sys.platform == "darwin":
            return False
        middle = _line_start(path, size // 2)
    except OSError:
        return False
    if middle is None:
        return False
    second = _second_half(path, middle, size, sieve)
    _feed(sieve, path, 0, middle)
    half = second()
    if half is None:
        _feed(sieve, path, middle, size)
    else:
        sieve.join(half.lines, half.sightings)
    return True


def _line_start(path: Path, at: int) -> int | None:
    """Gives where the next line begins; None where the text is no plain UTF-8, which has to be read from its beginning."""
    with path.open("rb") as file:
        if not is_plain(file.read(4096)):
            return None
        file.seek(at)
        rest = file.read(BLOCK_BYTES)
        return at + rest.index(b"\n") + 1 if b"\n" in rest else None


def _second_half(path: Path, begin: int, end: int, sieve: Sieve) -> Callable[[], _Half | None]:
    """Starts the other process; what is given back waits for its answer, None where it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(BaseException):
            os.close(reading)
            _feed(sieve, path, begin, end)
            with os.fdopen(writing, "wb") as out:
                out.write(msgspec.msgpack.encode(_Half(sieve.lines, sieve.sightings)))
            code = 0
        os._exit(code)
    os.close(writing)

    def answer() -> _Half | None:
        with os.fdopen(reading, "rb") as file:
            told = file.read()
        _, status = os.waitpid(child, 0)
        try:
            return msgspec.msgpack.decode(told, type=_Half) if status == 0 else None
        except msgspec.DecodeError:
            return None

    return answer


def _feed(sieve: Sieve, path: Path, begin: int, end: int) -> None:
    for chunk in log_chunks(_blocks(path, begin, end)):
        sieve.feed(chunk)


def _blocks(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while begin < end and (block := file.read(min(BLOCK_BYTES, end - begin))):
            begin += len(block)
            yield block
