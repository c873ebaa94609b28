"""Makes the rows of conda-forge's cudatoolkit and cudnn: what TensorFlow before 2.14 and TensorFlow on native Windows need from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from packaging.version import Version
from rows import facts, write_rows
from spellings import platform, sources

CONDA_PLATFORMS = ("linux-64", "linux-aarch64", "win-64")


class CondaRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a conda package, for the platforms and the CUDA it was built for."""

    channel: str = "conda-forge"
    package: str
    version: str
    platforms: tuple[str, ...] | None = None
    """None: the recipe does not say."""
    cuda: tuple[str, ...] = ()
    """CUDA versions that its builds take; empty for cudatoolkit, whose version is CUDA's."""
    bundled_driver: tuple[tuple[str, str], ...] = ()
    """(os, driver) that came with this toolkit."""
    sources: tuple[str, ...]


def write(folder: Path) -> None:
    """Writes conda.json."""
    known = facts(folder, "conda")
    write_rows([*_toolkits(known), *_cudnns(known)], "catalogue", "data", "conda.json")


def _toolkits(known: dict[str, Any]) -> Iterator[CondaRow]:
    published = {row["version"]: row["source"] for row in known["published_versions"] if row["package"] == "cudatoolkit" and row["channel"] == "conda-forge"}
    names = {"linux64": "linux", "win": "windows"}
    for row in sorted(known["cudatoolkit"], key=lambda row: Version(row["version"])):
        if row["version"] in published:
            platforms = tuple(platform(name) for name in row["platforms"] if name in CONDA_PLATFORMS)
            yield CondaRow(
                package="cudatoolkit",
                version=row["version"],
                platforms=platforms or None,
                bundled_driver=tuple((names[os], driver) for os, driver in row["bundled_driver"].items() if os in names),
                sources=sources(row["source"], published[row["version"]]),
            )


def _cudnns(known: dict[str, Any]) -> Iterator[CondaRow]:
    published = {row["version"]: row["source"] for row in known["published_versions"] if row["package"] == "cudnn" and row["channel"] == "conda-forge"}
    builds: dict[str, dict[str, Any]] = {}
    for row in known["cudnn"]:
        if row["version"] in published and Version(row["version"]) < Version("9") and row["platform"] in CONDA_PLATFORMS:
            found = builds.setdefault(row["version"], {"platforms": [], "cuda": [], "sources": []})
            found["platforms"].append(platform(row["platform"]))
            found["cuda"].append(row["cuda"])
            found["sources"].append(row["source"])
    for version in sorted(builds, key=Version):
        found = builds[version]
        yield CondaRow(
            package="cudnn",
            version=version,
            platforms=tuple(dict.fromkeys(found["platforms"])),
            cuda=tuple(sorted(set(found["cuda"]), key=Version)),
            sources=sources(list(dict.fromkeys(found["sources"])), published[version]),
        )
