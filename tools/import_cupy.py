"""Makes the build rows of CuPy: which CUDA each wheel name is for, and for which chips NVRTC of that CUDA compiles, since CuPy compiles when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from index_facts import on_index, platforms, releases
from packaging.version import Version
from rows import facts, write_rows

from drivetrain.catalogue.gpus import architectures
from drivetrain.frameworks.cupy import FRAMEWORK
from drivetrain.model.catalogue import BuildFact
from drivetrain.model.dotted import at_least, dotted

LOWEST = {"11x": "11.2", "12x": "12.0", "13x": "13.0"}
"""The lowest CUDA that a wheel of a whole family is for; source: CuPy's docs/source/install.rst at the tags v11.0.0 to v14.2.0."""
NEWEST = {"11x": "11.8", "12x": "12.9", "13x": "13.2"}
NVRTC = "https://docs.nvidia.com/cuda/nvrtc/index.html (the architectures that NVRTC of a CUDA release compiles for are those of its compiler)"
COMPILES = "CuPy compiles its kernels with NVRTC when they are first used"


def write(folder: Path) -> None:
    """Writes builds.json: a row per wheel name and release."""
    read = {(row["package"], row["version"]): row for row in facts(folder, "other_frameworks")["cupy_wheels"]}
    index = releases()
    rows = [row for name in FRAMEWORK.names for row in _rows(name, index, read)]
    rows.sort(key=lambda row: (Version(row.version), row.distribution))
    write_rows(rows, "frameworks", "cupy", "builds.json")


def _rows(name: str, index: dict[str, tuple[object, ...]], read: dict[tuple[str, str], dict[str, object]]) -> Iterator[BuildFact]:
    label = name.removeprefix("cupy-cuda")
    cuda = LOWEST.get(label) or f"{label[:2]}.{label[2:]}"
    for release in index[name]:
        known = read.get((name, release.version), {})  # type: ignore[attr-defined]
        # What its cuDNN was is a note alone: the wheels load it only for routines that left CuPy with 14.0.
        cudnn = f"; built with cuDNN {known['built_with_cudnn']}" if known.get("built_with_cudnn") else ""
        yield BuildFact(
            version=release.version,  # type: ignore[attr-defined]
            distribution=name,
            build="cuda",
            platforms=platforms(release),  # type: ignore[arg-type]
            places=("index",),
            cuda=cuda,
            targets=_targets(cuda, NEWEST.get(label, cuda)),
            note=COMPILES + cudnn,
            sources=(on_index(name, release.version), _document(release.version), NVRTC),  # type: ignore[attr-defined]
        )


def _document(version: str) -> str:
    return f"github.com/cupy/cupy@v{re.sub(r'[.]?post[0-9]+$', '', version)}:docs/source/install.rst"


def _targets(lowest: str, newest: str) -> tuple[str, ...]:
    """Gives what NVRTC of these CUDA releases compiles: code for every chip that one of them knows, and PTX of the newest of the lowest."""
    known = [each for each in architectures() if each.compute_capability[-1].isdigit()]
    sass = [
        each.compute_capability for each in known if at_least(newest, each.cuda_first) and not (each.cuda_dropped_in and at_least(lowest, each.cuda_dropped_in))
    ]
    sass.sort(key=dotted)
    ptx = max((each.compute_capability for each in known if at_least(lowest, each.cuda_first)), key=dotted)
    return (*(f"sm_{each.replace('.', '')}" for each in sass), f"compute_{ptx.replace('.', '')}")
