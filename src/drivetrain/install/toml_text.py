"""Writes TOML: tables of strings, numbers, dates, arrays and tables: locks and uv's configuration need no more.

Source: https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from drivetrain.formats.toml_tree import Table

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumped(table: Table) -> str:
    """Writes a document whose lists of tables become arrays of tables; deeper tables stay inline, as uv writes its locks."""
    return "".join(_sections(table, ())).lstrip("\n")


def _sections(table: Table, above: tuple[str, ...]) -> list[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, dict) or _is_array_of_tables(value)}
    parts = [f"{_key(key)} = {_value(value)}\n" for key, value in table.items() if key not in tables]
    for key, value in tables.items():
        path = (*above, key)
        name = ".".join(map(_key, path))
        if isinstance(value, dict):
            parts += [f"\n[{name}]\n", *_sections(value, path)]
            continue
        for each in value:
            parts += [f"\n[[{name}]]\n", *(f"{_key(inner)} = {_value(item)}\n" for inner, item in each.items())]
    return parts


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}" if value else "{}"
    raise TypeError(f"{type(value).__name__} has no TOML form")


def _string(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped and JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
