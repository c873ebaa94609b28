"""Reads a file of facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drivetrain.errors import FileError
from drivetrain.words import say, why


def facts_from_file(path: str) -> dict[str, Any]:
    """Gives the facts of a JSON object; raises FileError that says what is wrong with the file."""
    advice = say("a file of facts is a JSON object: {example}", example='{"os": "linux", "driver": "470.57"}')
    try:
        found = msgspec.json.decode(Path(path).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise FileError(say("{path} cannot be read: {reason}", path=path, reason=why(error)), advice) from None
    if not isinstance(found, dict):
        raise FileError(say("{path} is no JSON object", path=path), advice)
    return found
