"""Makes the build rows of TensorRT: the few releases of which the package index has wheels."""

from __future__ import annotations

from pathlib import Path

from index_facts import on_index, platforms, releases
from packaging.version import Version
from rows import facts, write_rows
from spellings import sources

from drivetrain.model.catalogue import BuildFact, Release

NAME = "tensorrt"


def write(folder: Path) -> None:
    """Writes builds.json: a row per release with wheels, with the CUDA and cuDNN that its README recommends for the family of its requirements."""
    documented = {row["tensorrt"]: row for row in facts(folder, "other_frameworks")["tensorrt_oss"] if not row["container_release"]}
    rows = [_row(release, documented) for release in releases()[NAME] if release.wheels]
    rows.sort(key=lambda row: Version(row.version))
    write_rows(rows, "frameworks", "tensorrt", "builds.json")


def _row(release: Release, documented: dict[str, dict[str, object]]) -> BuildFact:
    family = "12" if any(each.name.endswith("-cu12") for each in release.requires) else "11"
    known = documented[".".join(release.version.split(".")[:3])]
    pairs = [each for each in known["recommended"] if each["cuda"].split(".")[0] == family]  # type: ignore[attr-defined]
    cuda, cudnn = pairs[0]["cuda"], pairs[0]["cudnn"]
    return BuildFact(
        version=release.version,
        build="cuda",
        platforms=platforms(release),
        places=("index",),
        cuda=".".join(cuda.split(".")[:2]),
        cudnn=cudnn,
        sources=sources(str(known["source"]), on_index(NAME, release.version)),
    )
