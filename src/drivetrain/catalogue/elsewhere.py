"""What exists outside the package index: conda channels and NVIDIA's archives, version by version, from `data/elsewhere.json`; read when asked for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

CHANNELS = ("conda-forge", "nvidia", "defaults", "archive")
"""In the order in which a person should think of them: the defaults have terms, an archive is unpacked by hand."""


class Elsewhere(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a package in one place."""

    component: str
    """"cuda", "cudnn", or a framework's name."""
    channel: str
    package: str
    version: str
    released: str = ""
    """The first day of its recipe, where one is known."""
    builds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(CUDA, platforms): "12.9", a major alone ("12"), or "" for the CPU; no platforms where no document says them."""
    pythons: tuple[str, str] | None = None
    """The first and the last Python that it was built for."""
    broken: bool = False
    """Its builds for CUDA 12 are labelled broken by the channel."""
    sources: tuple[str, ...] = ()


def elsewhere(component: str) -> tuple[Elsewhere, ...]:
    """Gives every version of a component outside the package index, as the file has them: oldest first."""
    document = _document()
    names = document["sources"]
    rows = (row for row in document["rows"] if row["component"] == component)
    return tuple(msgspec.convert({**row, "sources": [names[number] for number in row["sources"]]}, Elsewhere) for row in rows)


@lru_cache(maxsize=1)
def _document() -> Any:
    return msgspec.json.decode(Path(__file__).with_name("data").joinpath("elsewhere.json").read_bytes())
