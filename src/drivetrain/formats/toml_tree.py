"""Gives the tables of a TOML text, and the line on which something stands in it. Source: https://toml.io/en/v1.0.0."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import Any

from drivetrain.errors import FileError
from drivetrain.words import say

Table = dict[str, Any]


def table_of(text: str, name: str) -> Table:
    """Reads TOML; raises FileError that names the file and, in the parser's own words, the line."""
    # By name, so that the type checker asks for neither module: tomllib came with 3.11, tomli stands in before.
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        tables: Table = toml.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        # The parser's own error is a ValueError, and so is that of a number with thousands of digits.
        raise FileError(say("{file} is not valid TOML: {reason}", file=name, reason=error), say("mend the file at that place")) from error
    return tables


def table_at(tables: Table, *path: str) -> Table:
    """Gives the table at that path, empty where there is none or something else."""
    here: Any = tables
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def tables_at(tables: Table, *path: str) -> list[Table]:
    """Gives the array of tables at that path."""
    found = table_at(tables, *path[:-1]).get(path[-1])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def texts_at(tables: Table, *path: str) -> list[str]:
    """Gives the strings of the array at that path; one string counts as an array of one."""
    found = table_at(tables, *path[:-1]).get(path[-1])
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def line_of(text: str, pattern: str, start: int = 0) -> int | None:
    """Gives the number of the first line that the pattern matches, from that offset on."""
    found = re.compile(pattern, re.MULTILINE).search(text, start)
    return text.count("\n", 0, found.start()) + 1 if found else None


def origin_of(text: str, name: str, requirement: str) -> str:
    """Gives "pyproject.toml:12" for a string of the file; the file alone where it is written in another way (escapes)."""
    place = -1
    for quote in "\"'":
        found = text.find(f"{quote}{requirement}{quote}", 0, place if place >= 0 else len(text))
        place = found if found >= 0 else place
    return f"{name}:{text.count(chr(10), 0, place) + 1}" if place >= 0 else name
