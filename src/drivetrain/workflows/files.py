"""Reads and writes the files that a person names, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from drivetrain.errors import FileError
from drivetrain.model.documents import encode
from drivetrain.words import say, why


def write_document(path: str | Path, value: Any) -> None:
    """Writes a value as its JSON document."""
    write_bytes(path, encode(value))


def write_text(path: str | Path, text: str) -> None:
    """Writes a text; of a file name that is no UTF-8, "?" stands for what is not."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Writes beside the file first, so that a full disk leaves the old one as it was."""
    goal = Path(path)
    beside = goal.with_name(f".{goal.name}.{os.getpid()}")
    try:
        if not goal.parent.is_dir():
            raise FileNotFoundError(2, say("there is no folder {folder}", folder=goal.parent))
        if goal.exists() and not goal.is_file():
            goal.write_bytes(content)
            return
        beside.write_bytes(content)
        beside.replace(goal)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise FileError(say("{path} cannot be written: {reason}", path=path, reason=why(error)), say("choose another file")) from error
