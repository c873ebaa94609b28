"""Joins requirements of one distribution that a single version of it can meet: the one requirement that says them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_OPEN = ("<", ">", "!=")
"""What names no version that it allows."""


def joined(requirements: Iterable[str]) -> str | None:
    """Gives the requirement that says them all; None where it does not show that any version meets it.

    A version that one of them names and all allow shows it, and so do requirements that all say only what is too new: an old version meets those.
    """
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion, Version

    several = [Requirement(each) for each in requirements]
    every = SpecifierSet(",".join(filter(None, (str(each.specifier) for each in several))))
    try:
        named = [Version(each.version.removesuffix(".*")) for each in every if each.operator not in _OPEN]
        met = any(every.contains(each, prereleases=True) for each in named) if named else not any(each.operator == ">" for each in every)
        says = str(_shortest(every)) if met else ""
    except InvalidVersion:
        return None
    extras = ",".join(sorted({extra for each in several for extra in each.extras}))
    return f"{several[0].name}{f'[{extras}]' if extras else ''}{says}" if met else None


def _shortest(every: SpecifierSet) -> SpecifierSet:
    """Gives it without what it says twice: of several bounds the one that counts."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    bounds: dict[str, str] = {}
    for each in every:
        known = bounds.get(each.operator)
        later = known is None or Version(each.version) > Version(known)
        if each.operator in ("<", "<=", ">", ">=") and (known is None or later is (each.operator in (">", ">="))):
            bounds[each.operator] = each.version
    rest = [str(each) for each in every if each.operator not in bounds]
    return SpecifierSet(",".join((*rest, *(f"{operator}{version}" for operator, version in bounds.items()))))
