"""Reads `drivetrain.toml` and the comments `# drivetrain: ignore[...]` of it and of requirement files: what of an audit counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast, get_args

from msgspec import Struct

from drivetrain.errors import FileError
from drivetrain.formats.dist_info import normalised
from drivetrain.formats.toml_tree import Table, line_of, table_of
from drivetrain.model.choice import Selection
from drivetrain.model.outcome import Severity, Threshold
from drivetrain.words import say

_COMMENT = re.compile(r"(?<!\S)#\s*drivetrain:\s*ignore\b(?P<causes>\s*\[(?P<inside>[^\]]*)\])?\s*(?P<why>[^#]*)")
_SUBJECT = re.compile(r"""^\s*(?:-\s+)?["']?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)""")
_KEYS = {
    "select": "texts",
    "ignore": "texts",
    "per-distribution-ignores": "table of texts",
    "severity": "table of severities",
    "fail-on": "threshold",
    "baseline": "text",
    "requirements": "texts",
}


class Settings(Struct, frozen=True, kw_only=True):
    """The `[audit]` table of one file, and its comments."""

    select: tuple[Selection, ...] = ()
    ignore: tuple[Selection, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    fail_on: Threshold | None = None
    baseline: str = ""
    """A file, relative to the folder of the settings."""
    requirements: tuple[str, ...] | None = None
    """Files whose comments count too, relative to the folder of the settings; None: not said."""


def settings_of(text: str, name: str) -> Settings:
    """Reads a `drivetrain.toml`; raises FileError that names file and line for what is no TOML, no known key or of the wrong kind."""
    tables = table_of(text, name)
    table = tables.get("audit", {})
    if not isinstance(table, dict):
        raise _fault(text, name, "audit", say("audit must be a table: [audit]"))
    for key, value in table.items():
        _check(text, name, key, value)

    def at(key: str) -> str:
        return f"{name}:{_line(text, key)}"

    single = tuple(
        Selection(causes=tuple(causes), about=normalised(distribution), by=at(distribution))
        for distribution, causes in table.get("per-distribution-ignores", {}).items()
    )
    return Settings(
        select=tuple(Selection(causes=tuple(causes), by=at("select")) for causes in [table.get("select")] if causes),
        ignore=(*(Selection(causes=tuple(causes), by=at("ignore")) for causes in [table.get("ignore")] if causes), *single, *comments_of(text, name)),
        severity=tuple(cast("dict[str, Severity]", table.get("severity", {})).items()),
        fail_on=table.get("fail-on"),
        baseline=table.get("baseline", ""),
        requirements=tuple(table["requirements"]) if "requirements" in table else None,
    )


def comments_of(text: str, name: str) -> Iterator[Selection]:
    """Gives what comments leave out: beside a requirement for its distribution, on a line of their own for the environment.

    Beside a requirement `# drivetrain: ignore` without brackets leaves out every cause; on a line of its own it raises FileError.
    """
    for number, line in enumerate(text.splitlines(), 1):
        found = _COMMENT.search(line) if "drivetrain" in line else None
        if found is None:
            continue
        by, before = f"{name}:{number}", line[: found.start()]
        subject = _SUBJECT.match(before)
        causes = tuple(each.strip() for each in (found["inside"] or "").split(",") if each.strip())
        if not causes and (found["causes"] or subject is None):
            raise FileError(say("{place}: `# drivetrain: ignore` here must name causes", place=by), say("write # drivetrain: ignore[cause]"))
        about = normalised(subject["name"]) if subject else ""
        yield Selection(causes=causes or ("*",), about=about, by=by, why=found["why"].strip(" :-"))


def _check(text: str, name: str, key: str, value: Any) -> None:
    """Raises FileError for a key that does not exist, or whose value is of another kind."""
    kind = _KEYS.get(key)
    if kind is None:
        raise _fault(text, name, key, say("[audit] has no key {key}; it has {keys}", key=key, keys=", ".join(_KEYS)))
    if kind.startswith("table of"):
        if not isinstance(value, dict):
            raise _fault(text, name, key, say("{key} must be a table", key=key))
        for inner, each in value.items():
            _check_value(text, name, inner, each, kind.removeprefix("table of "))
        return
    _check_value(text, name, key, value, kind)


def _check_value(text: str, name: str, key: str, value: Any, kind: str) -> None:
    words: Table = {"severities": get_args(Severity), "threshold": get_args(Threshold)}
    if kind in words and value not in words[kind]:
        raise _fault(text, name, key, say("{key} must be one of {words}", key=key, words=", ".join(words[kind])))
    if kind == "texts" and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise _fault(text, name, key, say('{key} must be a list of texts: ["..."]', key=key))
    if kind == "text" and not isinstance(value, str):
        raise _fault(text, name, key, say("{key} must be a text", key=key))


def _line(text: str, key: str) -> int:
    return line_of(text, rf"""^[ \t]*\[?(?:audit\.)?["']?{re.escape(key)}["']?\s*[\]=]""") or line_of(text, re.escape(key)) or 1


def _fault(text: str, name: str, key: str, says: str) -> FileError:
    return FileError(f"{name}:{_line(text, key)}: {says}", say("docs/audit.md shows every key"))
