"""A log as it is given: a file, standard input, or what a command has said; put through a sieve in constant memory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from drivetrain.diagnose.sieve import Sieve
from drivetrain.errors import FileError
from drivetrain.formats.log_text import log_chunks
from drivetrain.words import say, why

BLOCK_BYTES = 1 << 18
TAIL_BYTES = 16 << 10


class Log:
    """One log, read once."""

    def __init__(self, blocks: Iterable[bytes] = (), path: Path | None = None) -> None:
        self._blocks, self._path = blocks, path
        self._end = b""

    @classmethod
    def named(cls, name: str) -> Log:
        """Gives the log of a file, or of standard input for "-"."""
        return cls(_blocks_of(sys.stdin.buffer)) if name == "-" else cls(path=Path(name))

    def put_through(self, sieve: Sieve) -> None:
        """Reads it to its end; raises FileError where it cannot be read."""
        from drivetrain.workflows.reading_apart import read_apart

        try:
            if self._path is None:
                self._feed(sieve, self._blocks)
            elif not read_apart(self._path, sieve):
                with self._path.open("rb") as file:
                    self._feed(sieve, _blocks_of(file))
        except OSError as error:
            name = str(self._path or "-")
            raise FileError(say("{path} cannot be read: {reason}", path=name, reason=why(error)), say("name a log file, or - for standard input")) from error

    def tail(self, most: int = 60) -> tuple[str, ...]:
        """Gives the last lines, plain, of a log that was read."""
        if not self._end and self._path is not None:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - TAIL_BYTES))
                self._end = file.read()
        text = b"".join(log_chunks((self._end,))).decode("utf-8", "replace")
        return tuple(line.strip("\x0b").rstrip() for line in text.split("\n") if line.strip("\x0b").strip())[-most:]

    def _feed(self, sieve: Sieve, blocks: Iterable[bytes]) -> None:
        for chunk in log_chunks(blocks):
            sieve.feed(chunk)
            self._end = (self._end + chunk)[-TAIL_BYTES:]


def _blocks_of(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block
