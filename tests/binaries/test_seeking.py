"""Bytes are found where `bytes.find` finds them, in little and in much."""

from __future__ import annotations

import random

import pytest

from drivetrain.binaries.seeking import place_of
from drivetrain.binaries.window import WINDOW_BYTES, Window


@pytest.mark.parametrize("size", [0, 3, 1000, 70_000, 300_000])
def test_as_bytes_find_would(size: int) -> None:
    chance = random.Random(size)
    content = bytes(chance.choices(b"\0\x50\xed\x55\xba", k=size))
    for mark in (b"\x50\xed", b"\x50\xed\x55\xba", b"\0\0\0\0\0\0\0", b"\x7fELF"):
        for start in {0, size // 3, max(0, size - 5), size}:
            assert place_of(mark, content, start) == content.find(mark, start)


def test_a_mark_across_the_border_of_two_windows_is_found() -> None:
    mark = b"\x50\xed\x55\xba"
    for place in (1022, 1023, (1 << 10) + (1 << 14) - 2, WINDOW_BYTES + 17_000, 3 * WINDOW_BYTES - 1):
        content = bytes(place) + mark + bytes(100)
        asked: list[int] = []

        def reads(offset: int, count: int, content: bytes = content, asked: list[int] = asked) -> bytes:
            asked.append(count)
            return content[offset : offset + count]

        assert Window(reads, len(content)).find((mark, b"\x7fELF\x02\x01"), 0) == (place, mark)
        assert max(asked) <= WINDOW_BYTES
        assert Window(reads, len(content)).find((mark,), 0, place) is None
