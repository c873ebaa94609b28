"""Reads the requirements that almost all metadata has, and evaluates their markers, without the `packaging` library's parser.

Loading that takes as long as asking five rules of an audit. What is not plain is the library's to answer: URLs, `in`, a value before its variable.
Source: the packaging specifications of the PyPA, dependency specifiers. A test holds every requirement and marker of the snapshot, and random ones,
against the library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.version import InvalidVersion

from drivetrain.catalogue.relations.markers import version_of
from drivetrain.catalogue.relations.specifiers import clauses_of
from drivetrain.model.catalogue import Requirement

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_LINE = re.compile(rf"\s*({_NAME})\s*(?:\[([A-Za-z0-9._,\s-]*)\]\s*)?(\(\s*)?((?:[<>=!~][<>=!~0-9.*,\s]*)?)(?(3)\)\s*)(?:;\s*(\S.*))?")
_TOKEN = re.compile(r"""\s*(?:([()]|and\b|or\b)|([a-z_]+)\s*(==|!=|<=|>=|<|>)\s*(?:"([^"'\\]*)"|'([^"'\\]*)'))\s*""")
_SEPARATORS = re.compile(r"[-_.]+")
_VERSIONS = ("python_version", "python_full_version", "implementation_version")
_TEXTS = ("sys_platform", "platform_system", "platform_machine", "os_name", "implementation_name", "platform_python_implementation")


def plain_requirement(line: str) -> Requirement | None:
    """Gives a requirement, its name and its extras normalised; None for one that is not plain, or none at all."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    name, extras, specifier = found[1], [each.strip() for each in (found[2] or "").split(",")] if (found[2] or "").strip() else [], found[4].strip()
    if not all(each[:1].isalnum() and each[-1:].isalnum() and " " not in each for each in (name, *extras)):
        return None
    if specifier and (clauses_of(specifier) is None or not all(each.strip() for each in specifier.split(","))):
        return None
    return Requirement(_normalised(name), specifier, (found[5] or "").strip(), tuple(map(_normalised, extras)))


def plainly_holds(marker: str, variables: Mapping[str, str], extra: str = "") -> bool | None:
    """Tells whether a marker holds, an empty one always; None for one that is not plain."""
    tokens: list[str | bool] = []
    told, at = {**variables, "extra": extra}, 0
    while at < len(marker):
        found = _TOKEN.match(marker, at)
        token = None if found is None else found[1] or _compared(found[2], found[3], found[4] or found[5] or "", told)
        if found is None or token is None:
            return None
        tokens.append(token)
        at = found.end()
    if not tokens:
        return True
    try:
        holds = _any_of(tokens)
    except (IndexError, ValueError, RecursionError):
        return None
    return None if tokens else holds


def _compared(variable: str, operator: str, value: str, variables: Mapping[str, str]) -> bool | None:
    if variable in _VERSIONS and (tests := clauses_of(f"{operator}{value}")):
        try:
            return all(test(version_of(variables[variable])) for test in tests)
        except InvalidVersion:
            return None
    if operator not in ("==", "!=") or value[:1].isdigit() or variable not in (*_TEXTS, "extra"):
        return None
    same = _normalised(variables[variable]) == _normalised(value) if variable == "extra" else variables[variable] == value
    return same == (operator == "==")


def _normalised(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def _any_of(tokens: list[str | bool]) -> bool:
    holds = _all_of(tokens)
    while tokens and tokens[0] == "or":
        del tokens[0]
        holds = _all_of(tokens) or holds
    return holds


def _all_of(tokens: list[str | bool]) -> bool:
    holds = _one(tokens)
    while tokens and tokens[0] == "and":
        del tokens[0]
        holds = _one(tokens) and holds
    return holds


def _one(tokens: list[str | bool]) -> bool:
    """Gives one comparison, or what stands in parentheses."""
    token = tokens.pop(0)
    if token == "(":
        holds = _any_of(tokens)
        if tokens.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
        return holds
    if not isinstance(token, bool):
        raise ValueError("a comparison is missing")
    return token
