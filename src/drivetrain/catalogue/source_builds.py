"""Releases that exist as source alone and may be built all the same: libraries without compiled code that old frameworks pin, and JAX up to 0.4.15.

uv builds nothing else that the request does not name itself. Each archive was opened (`tools/import_source_builds.py`); only the one of that hash is built.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from drivetrain.catalogue import DATA, read_rows
from drivetrain.model.catalogue import Requirement


class SourceBuild(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release whose source archive uv may build."""

    distribution: str
    version: str
    sha256: str
    """Of its source archive: another file of that name is not built."""
    requires: tuple[Requirement, ...] = ()
    requires_python: str = ""
    """Where its own metadata is silent and it cannot be built or imported on a newer Python."""
    variables: tuple[tuple[str, str], ...] = ()
    """What keeps the build free of compiled code."""
    needed_by: str
    sources: tuple[str, ...]


def source_build(distribution: str, version: str) -> SourceBuild | None:
    """Gives what is known of a release's source; None for one that is not to be built."""
    return source_builds().get((distribution, version))


@cache
def source_builds() -> dict[tuple[str, str], SourceBuild]:
    """Gives every release that may be built."""
    rows: tuple[SourceBuild, ...] = read_rows(DATA / "source_builds.json", SourceBuild)
    return {(each.distribution, each.version): each for each in rows}
