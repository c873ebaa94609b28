"""Tells for which Pythons a lock holds a wheel of everything: one made for a single environment lists that Python's wheels, whose hashes admit no other.

Source: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from drivetrain.model.catalogue import PYTHONS


def python_bound(packages: Iterable[tuple[str, ...]]) -> str:
    """Gives the specifier (">=3.11,<3.13") of the Pythons that some wheel of every package serves; empty where they bound nothing, or leave none.

    Each package is the names of its wheels; one without wheels bounds nothing.
    """
    served = set(PYTHONS)
    for wheels in packages:
        if wheels:
            served &= {python for wheel in wheels for python in _pythons_of(wheel)}
    fitting = [python for python in PYTHONS if python in served]
    if not fitting or len(fitting) == len(PYTHONS):
        return ""
    if len(fitting) == 1:
        return f"=={fitting[0]}"
    after = PYTHONS.index(fitting[-1]) + 1
    return f">={fitting[0]}" + (f",<{PYTHONS[after]}" if after < len(PYTHONS) else "")


def _pythons_of(wheel: str) -> set[str]:
    """The Pythons of one wheel's file name; all of them for a name that is not a wheel's."""
    parts = wheel.removesuffix(".whl").split("-")
    if len(parts) < 5:
        return set(PYTHONS)
    tags, abi = parts[-3].split("."), parts[-2]
    return {python for tag in tags for python in _pythons_of_tag(tag, abi)}


def _pythons_of_tag(tag: str, abi: str) -> set[str]:
    found = re.fullmatch(r"(cp|py)3(\d*)", tag)
    if not found:
        return set()
    if not found[2]:
        return set(PYTHONS)
    lowest = f"3.{found[2]}"
    if found[1] == "cp" and abi != "abi3":
        return {lowest}
    return set(PYTHONS[PYTHONS.index(lowest) :]) if lowest in PYTHONS else set(PYTHONS)
