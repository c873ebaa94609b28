"""Ranks the wheels of one release that all fit one target: the closer a wheel is to the target, the higher.

Source: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/; the order is that of `packaging.tags.sys_tags`.
"""

from __future__ import annotations

import re
from itertools import product

Rank = tuple[bool, int, tuple[int, ...], tuple[int, ...], tuple[int, str]]

_OLD_NAMES = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


def rank(file: str) -> Rank:
    """Gives a key by which the best wheel of a release is the largest."""
    parts = file.removesuffix(".whl").split("-")
    build = re.match(r"(\d+)(.*)", parts[2]) if len(parts) == 6 else None
    number = (int(build[1]), build[2]) if build else (-1, "")
    return max((*_tag_rank(*tag), number) for tag in product(*(each.split(".") for each in parts[-3:])))


def _tag_rank(python: str, abi: str, platform: str) -> tuple[bool, int, tuple[int, ...], tuple[int, ...]]:
    kind = {"none": 1, "abi3": 2}.get(abi, 3)
    digits = re.sub(r"\D", "", python)
    # "cp312" says more than "py312", and that more than "py3".
    version = (int(digits[:1] or 0), int(digits[1:] or 0), int(python.startswith("cp")))
    return platform != "any", kind, version, _platform_version(platform)


def _platform_version(platform: str) -> tuple[int, ...]:
    name = platform.partition("_")[0]
    if name in _OLD_NAMES:
        return _OLD_NAMES[name]
    found = re.match(r"[a-z]+_(\d+)_(\d+)", platform)
    # A universal2 wheel carries a second processor's code along.
    return (int(found[1]), int(found[2]), int("universal2" not in platform)) if found else ()
