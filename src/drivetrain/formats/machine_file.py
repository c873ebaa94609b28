"""Reads a machine file: what `drivetrain probe --save` and `drivetrain probe --json` write."""

from __future__ import annotations

import re

import msgspec

from drivetrain.errors import FileError
from drivetrain.model.documents import decode
from drivetrain.model.machine import Machine
from drivetrain.words import say


def machine_of(text: str, name: str) -> Machine:
    """Gives the machine; a damaged file raises FileError: `machine.json: gpus[0].memory_total_bytes: expected int, got str`."""
    try:
        return decode(text.removeprefix("\ufeff"), Machine)
    except msgspec.ValidationError as error:
        raise FileError(f"{name}: {_placed(str(error)) or _in_variables(text)}", _advice()) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileError(say("{path} is not JSON: {reason}", path=name, reason=error), _advice()) from error


def _advice() -> str:
    return say("make it again on that machine: drivetrain probe --save FILE")


def _placed(told: str) -> str:
    """Turns msgspec's "Expected `int | null`, got `str` - at `$.gpus[0].memory_total_bytes`" into path and fault; empty where it gives no path."""
    what, at, where = told.partition(" - at `$")
    # The only pattern of a machine is that of versions which are compared by their numbers.
    plain = re.sub(r"str matching regex .*", "numbers with dots", what.replace("`", "").replace(" | null", ""))
    said = plain[:1].lower() + plain[1:]
    if not at and not what.startswith(("Object missing", "Expected `object`")):
        return ""
    return f"{where.rstrip('`').removeprefix('.')}: {said}" if at else said


def _in_variables(text: str) -> str:
    """Names the variable that is no text: a mapping is read apart, so its error comes without a path."""
    try:
        tree = msgspec.json.decode(text.removeprefix("\ufeff"))
    except msgspec.DecodeError as error:
        # A number that no float holds is refused before anything else is looked at.
        return str(error)[:1].lower() + str(error)[1:]
    for name, value in tree.get("variables", {}).items():
        if not isinstance(value, str):
            return f"variables.{name}: expected str, got {type(value).__name__}"
    return "variables: expected str"
