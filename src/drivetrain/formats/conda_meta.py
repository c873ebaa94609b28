"""Reads conda's record of one installed package (conda-meta/*.json; https://docs.conda.io/projects/conda/en/latest/dev-guide/api/conda/models/records/)."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct, field

from drivetrain.formats.dist_info import name_and_version_of

_INFO = re.compile(r"(?:.*/)?site-packages/([^/]+\.(?:dist-info|egg-info))(?:/.*)?", re.IGNORECASE)


class CondaFile(Struct, frozen=True, kw_only=True):
    """One file of a package, relative to the prefix."""

    path: str = field(name="_path")
    size_in_bytes: int | None = None
    prefix_placeholder: str | None = None
    """Set where the prefix was written into the file: a text changes its size by that."""
    path_type: str = "hardlink"


class _PathsData(Struct, frozen=True):
    paths: tuple[CondaFile, ...] = ()


class CondaRecord(Struct, frozen=True, kw_only=True):
    """One record."""

    name: str
    version: str
    build: str = ""
    channel: str = ""
    depends: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    paths_data: _PathsData | None = None

    @property
    def owned(self) -> tuple[CondaFile, ...]:
        """Its files; their sizes where the record has them."""
        stated = self.paths_data.paths if self.paths_data is not None else ()
        return stated or tuple(CondaFile(path=path) for path in self.files)

    @property
    def distribution(self) -> tuple[str, str] | None:
        """The Python distribution that it brought, by name and version."""
        for each in self.owned:
            if (match := _INFO.fullmatch(each.path)) and (named := name_and_version_of(match[1])):
                return named
        return None


def conda_record_of(content: bytes) -> CondaRecord | None:
    """Gives the record; None for what is none."""
    try:
        return msgspec.json.decode(content, type=CondaRecord)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
