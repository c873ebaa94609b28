"""Changes bytes the way damage and malice do: bits, lengths, cuts, repeats, and pieces of other files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 1 << 16
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
"""Where counts and offsets turn over."""


def mutated(chance: Random, corpus: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """Gives one of the corpus with one to eight changes."""
    text = bytearray(chance.choice(corpus))
    for _ in range(1 << chance.randrange(4)):
        chance.choice(_CHANGES)(chance, text, corpus, words)
    return bytes(text[:LONGEST])


def _flip(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    if text:
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)


def _byte(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    if text:
        text[chance.randrange(len(text))] = chance.randrange(256)


def _number(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    size = chance.choice((1, 2, 4, 8))
    if len(text) >= size:
        # Tables of binaries lie at even places.
        place = chance.randrange(len(text) - size + 1) & -chance.choice((1, size))
        near = chance.choice((*_NUMBERS, len(text))) + chance.randrange(-2, 3)
        text[place : place + size] = (near % (1 << 8 * size)).to_bytes(size, chance.choice(("little", "little", "big")))


def _cut(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    del text[chance.randrange(len(text) + 1) :]


def _drop(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    place = chance.randrange(len(text) + 1)
    del text[place : place + chance.randrange(1, 33)]


def _repeat(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    place = chance.randrange(len(text) + 1)
    piece = text[place : place + chance.randrange(1, 129)]
    text[place:place] = piece * min(chance.choice((1, 2, 7, 100)), LONGEST // (len(piece) or 1))


def _word(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    word = chance.choice(words) if words else bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
    place = chance.randrange(len(text) + 1)
    text[place : place + chance.choice((0, len(word)))] = word


def _splice(chance: Random, text: bytearray, corpus: Sequence[bytes], words: Sequence[bytes]) -> None:
    other = chance.choice(corpus)
    start, place = chance.randrange(len(other) + 1), chance.randrange(len(text) + 1)
    text[place : place + chance.randrange(0, 257)] = other[start : start + chance.randrange(1, 257)]


_CHANGES: tuple[Callable[[Random, bytearray, Sequence[bytes], Sequence[bytes]], None], ...] = (
    _flip, _byte, _number, _number, _number, _cut, _drop, _repeat, _word, _splice,
)  # fmt: skip
