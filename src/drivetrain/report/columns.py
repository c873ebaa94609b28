"""Lays text out in terminal columns: display width (UAX #11), padding, wrapping and tables, marks and Chinese included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from drivetrain.report.markup import unmarked

WIDTH = 80
"""Columns of a screen; lines that hold a command or a path may be longer."""

_WIDE = "WF"
_NO_START = "，。；：、！？）】》」』％"
_NO_END = "（【《「『"
_PIECES = re.compile(r"\x0e[a-z][^\x0f]*\x0f|[^\x0e]")


def width(text: str) -> int:
    """Gives the number of columns that the text takes."""
    if text.isascii() and "\x0e" not in text:
        return len(text)
    return sum(_columns(character) for character in unmarked(text))


def padded(text: str, columns: int) -> str:
    """Fills the text with spaces to that many columns."""
    return text + " " * max(0, columns - width(text))


def wrapped(text: str, columns: int = WIDTH, hanging: int = 0) -> list[str]:
    """Breaks the text into lines of at most that many columns; a word that is longer stays whole, so that it can be pasted."""
    lines: list[str] = []
    line, space = "", ""
    for word in _words(text):
        if word.isspace():
            space += word if line.strip() else ""
            continue
        if line.strip() and width(line) + len(space) + width(word) > columns:
            lines.append(line)
            line, space = " " * hanging, ""
        line += space + word
        space = ""
    lines.append(line)
    return lines


def table(rows: Sequence[Sequence[str]], indent: int = 0, gap: int = 2, columns: int = WIDTH) -> list[str]:
    """Aligns rows; the last cell of a row wraps below itself when it is too long."""
    if not rows:
        return []
    count = max(len(row) for row in rows)
    widths = [max((width(row[at]) for row in rows if at < len(row) - 1), default=0) for at in range(count)]
    lines: list[str] = []
    for row in rows:
        start = " " * indent + "".join(padded(cell, widths[at]) + (" " * gap if widths[at] else "") for at, cell in enumerate(row[:-1]))
        room = max(columns - width(start), 24)
        first, *rest = wrapped(row[-1], room)
        lines.append((start + first).rstrip())
        lines.extend(" " * width(start) + each for each in rest)
    return lines


def _columns(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in _WIDE else 1


def _words(text: str) -> list[str]:
    """Takes the text apart where a line may break: at spaces, and between wide characters except at their punctuation."""
    words: list[str] = []
    glue = False
    for piece in _PIECES.findall(text):
        if piece.isspace():
            words.append(" ")
            glue = False
            continue
        wide = len(piece) == 1 and east_asian_width(piece) in _WIDE
        starts = wide or bool(words and len(words[-1]) and _is_wide_end(words[-1]))
        if words and not words[-1].isspace() and (glue or piece in _NO_START or not starts):
            words[-1] += piece
        else:
            words.append(piece)
        glue = piece in _NO_END
    return words


def _is_wide_end(word: str) -> bool:
    return east_asian_width(word[-1]) in _WIDE
