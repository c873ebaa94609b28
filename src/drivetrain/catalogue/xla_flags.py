"""Says which flags of XLA a jaxlib knows, from `data/xla_flags.json`: it stops the process at any other in XLA_FLAGS."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from packaging.version import InvalidVersion, Version


def knows(jaxlib: str, flag: str) -> bool | None:
    """Tells whether a jaxlib knows a flag ("xla_gpu_autotune_level"); None for a jaxlib that was not read, or a kind of flag that was not looked for."""
    try:
        mine = Version(jaxlib.partition("+")[0])
    except InvalidVersion:
        return None
    versions = read_versions()
    below, above = (max((each for each in versions if each <= mine), default=None), min((each for each in versions if each >= mine), default=None))
    if below is None or above is None or not flag.startswith(("xla_gpu_", "xla_cpu_")):
        return None
    held = _held().get(flag)
    then = {held is not None and held[0] <= each <= held[1] for each in (below, above)}
    return then.pop() if len(then) == 1 else None


def last_with(flag: str) -> str | None:
    """Gives the last jaxlib that knows a flag; None for one that none knew."""
    held = _held().get(flag)
    return str(held[1]) if held else None


def known_flags() -> tuple[str, ...]:
    """Gives every flag that some jaxlib knows."""
    return tuple(_held())


@lru_cache(maxsize=1)
def read_versions() -> tuple[Version, ...]:
    """Gives the versions of jaxlib that were read."""
    return tuple(Version(row[0]) for row in _document()["read"])


@lru_cache(maxsize=1)
def _held() -> dict[str, tuple[Version, Version]]:
    return {row[0]: (Version(row[1]), Version(row[2])) for row in _document()["flags"]}


@lru_cache(maxsize=1)
def _document() -> Any:
    return msgspec.json.decode(Path(__file__).with_name("data").joinpath("xla_flags.json").read_bytes())
