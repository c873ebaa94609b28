"""Gives the PEP 440 specifier of a version constraint as poetry writes it.

Source: https://python-poetry.org/docs/dependency-specification/ (caret, tilde, wildcard, inequality, exact, multiple requirements).
"""

from __future__ import annotations

import re
from collections.abc import Callable


def specifier_of(constraint: str) -> str | None:
    """Gives ">=1.2,<2" for "^1.2", "" for "*", and None for what one specifier cannot say ("||") or what is no constraint."""
    parts = [part for part in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])", constraint.strip()) if part]
    made = [_part(part.strip()) for part in parts]
    if not parts or any(each is None for each in made):
        return None
    return ",".join(each for each in made if each)


def _part(part: str) -> str | None:
    if part == "*":
        return ""
    found = re.fullmatch(r"(\^|~=|~|==|!=|>=|<=|>|<|=)?\s*v?(\S+)", part)
    if not found:
        return None
    operator, version = found[1] or "", found[2]
    if operator == "^":
        return _between(version, _caret_part)
    if operator == "~":
        return _between(version, lambda numbers: 0 if len(numbers) == 1 else 1)
    # "=1.2" and "1.2" both mean exactly 1.2, and a wildcard needs == in PEP 440.
    specifier = f"{operator if operator not in ('', '=') else '=='}{version}"
    return specifier if _is_specifier(specifier) else None


def _caret_part(numbers: tuple[int, ...]) -> int:
    """The place of the leftmost number that is not zero, else of the last one given: ^0.2.3 stays below 0.3, ^0.0 below 0.1."""
    return next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)


def _between(version: str, raised: Callable[[tuple[int, ...]], int]) -> str | None:
    from packaging.version import Version

    try:
        parsed = Version(version.replace(".*", ""))
        numbers = parsed.release
        place = raised(numbers)
        upper = ".".join(str(number) for number in (*numbers[:place], numbers[place] + 1))
    except ValueError:
        # No version, or one with thousands of digits.
        return None
    return f">={parsed},<{upper}"


def _is_specifier(text: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True
