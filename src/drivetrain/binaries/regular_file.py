"""Opens files of strangers: a FIFO or a device that lies where a file should would hold whoever opens it, and is refused."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from drivetrain.words import say

MOST_BYTES = 32 << 20
"""Of a text that is read whole: the largest RECORD of a framework has 2 MB."""


def opened(path: str | Path) -> BinaryIO:
    """Opens a regular file for reading, without a buffer; raises OSError."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, say("it is no regular file"), str(path))
        return os.fdopen(number, "rb", buffering=0)
    except BaseException:
        os.close(number)
        raise


def content_of(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """Gives the start of a file, whole where it is not larger; raises OSError."""
    pieces: list[bytes] = []
    left = most
    with opened(path) as file:
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)
