"""Makes the build rows of PaddlePaddle: `paddlepaddle-gpu` of the package index, and 3.x as Paddle's own index has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index_facts import on_index, platforms, releases
from packaging.version import Version
from rows import facts, write_rows
from spellings import sources

from drivetrain.model.catalogue import BuildFact, Release

NAME = "paddlepaddle-gpu"
OLDEST = Version("1.7")
SYSTEM = "its wheels require no nvidia-* wheel and load libcudnn.so and libcublas.so, names that those wheels do not have"
LOADER = "github.com/PaddlePaddle/Paddle@00816fcb21ad:paddle/phi/backends/dynload/dynamic_loader.cc"
OWN_INDEX = "what its wheels on Paddle's own index require was not read"


def write(folder: Path) -> None:
    """Writes builds.json."""
    known = facts(folder, "other_frameworks")
    read = {row["version"]: row for row in known["paddle_index"]}
    index = releases()
    rows = [row for release in index[NAME] if (row := _on_index(release, read.get(release.version, {}))) is not None]
    rows += [row for each in known["paddle_3x"] for row in _own(each, {release.version for release in index["paddlepaddle"]})]
    rows.sort(key=lambda row: (Version(row.version), row.build))
    write_rows(rows, "frameworks", "paddle", "builds.json")


def _on_index(release: Release, known: dict[str, Any]) -> BuildFact | None:
    if Version(release.version) < OLDEST or not known.get("cuda"):
        return None
    return BuildFact(
        version=release.version,
        distribution=NAME,
        build="cuda",
        platforms=platforms(release),
        places=("index",),
        cuda=known["cuda"],
        cudnn=known["cudnn"].rstrip("+") or None,
        note=SYSTEM,
        sources=sources(known["source"], on_index(NAME, release.version), LOADER),
    )


def _own(known: dict[str, Any], released: set[str]) -> Iterator[BuildFact]:
    if known["release"] not in released:
        return
    for variant in known["variants"]:
        yield BuildFact(
            version=known["release"],
            distribution=NAME,
            build=variant,
            platforms=("linux-x86_64",),
            places=("paddle",),
            pythons=tuple(f"cp{each.replace('.', '')}" for each in known["python"]) if known.get("python") else None,
            cuda=f"{variant[2:-1]}.{variant[-1]}",
            complete=False,
            note="; ".join(filter(None, [OWN_INDEX, known.get("note")])),
            sources=sources(known["source"]),
        )
