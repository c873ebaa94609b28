"""Orders versions that are numbers with dots: drivers, CUDA, cuDNN, glibc. PEP 440 versions belong to `packaging`."""

from __future__ import annotations

import re
from functools import lru_cache

_DOTTED = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})*")


def is_dotted(version: str) -> bool:
    """Tells whether a version is nothing but numbers and dots, as far as anybody may have written it."""
    return _DOTTED.fullmatch(version) is not None


@lru_cache(maxsize=4096)
def dotted(version: str) -> tuple[int, ...]:
    """Gives the numbers of "550.54.14" as (550, 54, 14); raises ValueError for anything else."""
    return tuple(int(part) for part in version.split("."))


def at_least(version: str, minimum: str) -> bool:
    """Tells whether a dotted version is the minimum or newer; missing parts count as zero."""
    mine, other = dotted(version), dotted(minimum)
    width = max(len(mine), len(other))
    return mine + (0,) * (width - len(mine)) >= other + (0,) * (width - len(other))


def minor(version: str) -> str:
    """Gives "12.8" for "12.8.90"."""
    return ".".join(version.split(".")[:2])
