"""Makes the build rows of MXNet: the CUDA that a wheel's name says, with the cuDNN and the chips of the script that built it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index_facts import on_index, platforms, releases
from packaging.version import Version
from rows import facts, write_rows

from drivetrain.frameworks.mxnet import FRAMEWORK
from drivetrain.model.catalogue import BuildFact, Release

OLDEST = Version("1.5")
LINKED = {
    ("1.8.0.post0", "mxnet-cu112"): "8",
    ("1.9.0", "mxnet-cu112"): "8",
    ("1.9.0", "mxnet-cu110"): "8",
    ("1.9.0", "mxnet-cu102"): "8",
    ("1.9.0", "mxnet-cu101"): "7",
    ("1.9.0", "mxnet-cu100"): "7",
}
"""The libcudnn.so that libmxnet.so is linked against, where no script says what built it; read in the wheels on 2026-11-24."""


def write(folder: Path) -> None:
    """Writes builds.json: a row per wheel name and release. mxnet-cu117 is left out: none of the project's scripts builds it."""
    built = {(row["mxnet"], row["variant"]): row for row in facts(folder, "other_frameworks")["mxnet_builds"]}
    index = releases()
    rows = [row for name in FRAMEWORK.names for row in _rows(name, index[name], built)]
    rows.sort(key=lambda row: (Version(row.version), row.distribution))
    write_rows(rows, "frameworks", "mxnet", "builds.json")


def _rows(name: str, known: tuple[Release, ...], built: dict[tuple[str, str], dict[str, Any]]) -> Iterator[BuildFact]:
    variant = name.removeprefix("mxnet-")
    for release in known:
        if Version(release.version) < OLDEST:
            continue
        row = built.get((re.sub(r"[.]post\d+$", "", release.version), variant), {})
        linked = LINKED.get((release.version, name))
        read = f"wheel {name} {release.version} read on 2026-11-24: libmxnet.so is linked against libcudnn.so.{linked}"
        yield BuildFact(
            version=release.version,
            distribution=name,
            build="cuda",
            platforms=platforms(release),
            places=("index",),
            cuda=f"{variant[2:-1]}.{variant[-1]}",
            cudnn=".".join(row["cudnn"].split(".")[:3]) if row.get("cudnn") else linked,
            targets=tuple(f"sm_{each.replace('.', '')}" for each in row["sm"]) if row.get("sm") else None,
            sources=(on_index(name, release.version), *((row["source"],) if row else ()), *((read,) if linked else ())),
        )
