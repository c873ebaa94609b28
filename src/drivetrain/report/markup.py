"""Gives strings a style that costs no width, and turns it into ANSI colours or into nothing at the very end."""

from __future__ import annotations

import re
from typing import Literal

Style = Literal["strong", "dim", "error", "warning", "good", "name", "command"]

_ANSI = {"strong": "1", "dim": "2", "error": "1;31", "warning": "33", "good": "32", "name": "1", "command": "36"}
_CODES: dict[str, str] = dict(zip(_ANSI, "sdewgnc", strict=True))
_STYLES = {letter: style for style, letter in _CODES.items()}
_OPEN, _CLOSE = "\x0e", "\x0f"
_MARKS = re.compile(rf"{_OPEN}([{''.join(_STYLES)}])|{_CLOSE}")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters that a log, a path or a GPU's name could carry to the terminal, those that turn the direction of writing among them."""


def styled(style: Style, text: str) -> str:
    """Marks the text; marks do not nest."""
    return f"{_OPEN}{_CODES[style]}{text}{_CLOSE}" if text else text


def unmarked(text: str) -> str:
    """Gives the text as it is printed without colour."""
    return _CONTROLS.sub("", _MARKS.sub("", text))


def coloured(text: str) -> str:
    """Gives the text with ANSI colours in place of the marks."""
    pieces: list[str] = []
    end = 0
    for mark in _MARKS.finditer(text):
        pieces.append(_CONTROLS.sub("", text[end : mark.start()]))
        pieces.append(f"\x1b[{_ANSI[_STYLES[mark[1]]]}m" if mark[1] else "\x1b[0m")
        end = mark.end()
    pieces.append(_CONTROLS.sub("", text[end:]))
    return "".join(pieces)
