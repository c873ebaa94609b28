"""Finds a few bytes among megabytes: by the C library's memmem(3), which is twice as fast as `bytes.find` and lets other threads run meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

_WORTH_BYTES = 1 << 16
"""Below it a call through ctypes takes longer than the search."""


def place_of(mark: bytes, content: bytes, start: int) -> int:
    """Gives the first place from `start` on; -1 where there is none."""
    if len(content) - start < _WORTH_BYTES:
        return content.find(mark, start)
    return _finder()(mark, content, start)


@cache
def _finder() -> Callable[[bytes, bytes, int], int]:
    import ctypes

    try:
        memmem = ctypes.CDLL(None).memmem
    except (OSError, AttributeError, TypeError):
        return lambda mark, content, start: content.find(mark, start)  # Windows, whose C library has none.
    memmem.restype = ctypes.c_void_p
    memmem.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)

    def found(mark: bytes, content: bytes, start: int) -> int:
        begin = ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value or 0
        place = memmem(begin + start, len(content) - start, mark, len(mark))
        return place - begin if place else -1

    return found
