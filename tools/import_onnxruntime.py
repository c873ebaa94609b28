"""Makes the build rows of ONNX Runtime: the CUDA and cuDNN of each `onnxruntime-gpu`, as its wheels say, else as the table of the project does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index_facts import on_index, platforms, releases
from packaging.version import Version
from rows import facts, write_rows
from spellings import sources

from drivetrain.model.catalogue import BuildFact, Release

NAME = "onnxruntime-gpu"
DOCUMENT = "https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html"
CUDNN = (("1.13", "8.2.4", "8.2.2"), ("1.18", "8.2.4", "8.5.0"), ("1.19", "8", "8"))
"""(releases before, cuDNN on Linux, cuDNN on Windows); "8": only the major version is known. Later ones want cuDNN 9, as their soname says."""
CUDA_ON_LINUX = (("1.13", "11.4"), ("1.15", "11.6"), ("1.19", "11.8"))
"""(releases before, CUDA) where the Linux wheel says none; 1.15 was built for CUDA 11.6 on Windows alone."""


def write(folder: Path) -> None:
    """Writes builds.json: a row per release, and per platform where they differ."""
    known = {row["version"]: row for row in facts(folder, "other_frameworks")["onnxruntime_index"]}
    rows = [row for release in releases()[NAME] for row in _rows(release, known.get(release.version, {}))]
    rows.sort(key=lambda row: (Version(row.version), row.platforms))
    write_rows(rows, "frameworks", "onnxruntime", "builds.json")


def _rows(release: Release, known: dict[str, Any]) -> Iterator[BuildFact]:
    if not known:
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for place in platforms(release):
        windows = place.startswith("windows")
        groups.setdefault((_cuda(release.version, known, windows), _cudnn(release.version, known, windows)), []).append(place)
    for (cuda, cudnn), places in groups.items():
        yield BuildFact(
            version=release.version,
            distribution=NAME,
            build="cuda",
            platforms=tuple(places),
            places=("index",),
            cuda=cuda,
            cudnn=cudnn,
            note=known.get("note") or "",
            sources=sources(known["source"], on_index(NAME, release.version), DOCUMENT),
        )


def _cuda(version: str, known: dict[str, Any], windows: bool) -> str:
    said = known["built_with_cuda_windows"] if windows else known["built_with_cuda_linux"]
    found = next((cuda for before, cuda in CUDA_ON_LINUX if Version(version) < Version(before)), None)
    text = said or found or known["built_with_cuda_windows"]
    match = re.match(r"\d+\.\d+", text)
    assert match is not None, text
    return match[0]


def _cudnn(version: str, known: dict[str, Any], windows: bool) -> str:
    found = next((row for row in CUDNN if Version(version) < Version(row[0])), None)
    return str(known["built_with_cudnn_windows"]) if found is None else found[2] if windows else found[1]
