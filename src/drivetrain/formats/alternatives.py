"""Gives one specifier for alternatives ("1.20 || ^2"), which PEP 440 cannot write: the range from the lowest to the highest.

Source: https://packaging.python.org/en/latest/specifications/version-specifiers/ (specifiers joined by a comma all hold; there is no "or").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.version import Version


def spanning(specifiers: list[str]) -> str:
    """Gives the narrowest range that takes every version that one of the specifiers takes; "" where one of them has no bound."""
    from packaging.version import Version

    bounds = [_bounds(specifier) for specifier in specifiers]
    lowers, uppers = [lower for lower, _ in bounds if lower], [upper for _, upper in bounds if upper]
    # At one version the bound that takes it is the wider.
    lowest = min(lowers, key=lambda each: (Version(each.lstrip(">=")), "=" not in each), default="")
    highest = max(uppers, key=lambda each: (Version(each.lstrip("<=")), "=" in each), default="")
    return ",".join(each for each, given in ((lowest, lowers), (highest, uppers)) if len(given) == len(specifiers))


def _bounds(specifier: str) -> tuple[str | None, str | None]:
    """The lower and the upper bound of a specifier, as specifiers."""
    from packaging.specifiers import SpecifierSet

    lowers: list[tuple[Version, str]] = []
    uppers: list[tuple[Version, str]] = []
    for each in SpecifierSet(specifier):
        try:
            lower, upper = _bounds_of_one(each.operator, each.version)
        except ValueError:
            # "===" takes any text, and Python reads no number of thousands of digits.
            continue
        lowers += lower
        uppers += upper
    return (max(lowers)[1] if lowers else None), (min(uppers)[1] if uppers else None)


def _bounds_of_one(operator: str, text: str) -> tuple[list[tuple[Version, str]], list[tuple[Version, str]]]:
    from packaging.version import Version

    prefix = text.endswith(".*")
    version = Version(text.removesuffix(".*"))
    lowers, uppers = [], []
    if operator in (">=", ">", "==", "~="):
        lowers.append((version, f"{'>' if operator == '>' else '>='}{version}"))
    if operator in ("<=", "<") or (operator == "==" and not prefix):
        uppers.append((version, f"{'<' if operator == '<' else '<='}{version}"))
    elif operator == "~=" or (operator == "==" and prefix):
        release = version.release if prefix else version.release[:-1]
        above = ".".join(str(number) for number in (*release[:-1], release[-1] + 1))
        uppers.append((Version(above), f"<{above}"))
    return lowers, uppers
