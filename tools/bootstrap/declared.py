"""Reads the requirements that pyproject.toml declares; Python 3.10 has no TOML reader, and the lists read here are also Python literals."""

from __future__ import annotations

import ast
import re

from words import Stop, say


def requirements(pyproject: str, with_tests: bool) -> list[str]:
    """Gives `project.dependencies`, and the dependency group `test` after them."""
    wanted = [("project", "dependencies"), *([("dependency-groups", "test")] if with_tests else [])]
    return [each for table, key in wanted for each in _strings(pyproject, table, key)]


def _strings(pyproject: str, table: str, key: str) -> list[str]:
    body = re.search(rf"^\[{re.escape(table)}\]$(.*?)(?=^\[|\Z)", pyproject, re.MULTILINE | re.DOTALL)
    found = body and re.search(rf"^{re.escape(key)} = (\[.*?^\])", body.group(1), re.MULTILINE | re.DOTALL)
    try:
        strings = ast.literal_eval(found.group(1)) if found else None
    except (SyntaxError, ValueError):
        strings = None
    if not isinstance(strings, list) or not all(isinstance(each, str) for each in strings):
        raise Stop(say("pyproject.toml: {table}.{key} is not a list of strings, one a line;", table=table, key=key), say("restore it with git"))
    return strings
