"""Makes the table of device code: libraries that were read, entry by entry, and cuDNN's libraries as its support matrices describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename
from rows import facts, write_rows

from drivetrain.catalogue import CodeRow
from drivetrain.model.catalogue import LibraryCode

ORACLE = "cuobjdump 13.5.37 and 12.4.99 (NVIDIA) run on the library of this wheel, counts equal to a walk over its fatbin headers"
NINE = ("libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9")
EIGHT = (
    "libcudnn_ops_infer.so.8",
    "libcudnn_ops_train.so.8",
    "libcudnn_cnn_infer.so.8",
    "libcudnn_cnn_train.so.8",
    "libcudnn_adv_infer.so.8",
    "libcudnn_adv_train.so.8",
)
_OLD = "sm_50 sm_60 sm_61 sm_70"
_TO_HOPPER = "sm_75 sm_80 sm_86 sm_90"
_BLACKWELL = "sm_100 sm_120"
_MATRIX = "https://docs.nvidia.com/deeplearning/cudnn/"
_TURING_UP = (
    "https://docs.nvidia.com/deeplearning/sdk/cudnn-support-matrix/index.html (9.17.0 state: 7.5 to 12.0 for CUDA 12.x and 13.x)",
    "https://github.com/conda-forge/tensorflow-feedstock/pull/457",
    "https://github.com/conda-forge/admin-requests/pull/1687",
)
DOCUMENTED = (
    ("nvidia-cudnn-cu13", ">=9.12", NINE, f"{_TO_HOPPER} {_BLACKWELL}", _TURING_UP),
    ("nvidia-cudnn-cu12", ">=9.11", NINE, f"{_TO_HOPPER} {_BLACKWELL}", _TURING_UP),
    (
        "nvidia-cudnn-cu12",
        ">=9.7,<9.11",
        NINE,
        f"{_OLD} {_TO_HOPPER} {_BLACKWELL}",
        (
            _MATRIX + "latest/support-matrix/index.html (9.10.2 state: 5.0 to 12.0)",
            "https://github.com/NVIDIA/cudnn-frontend/releases/tag/v1.10.0 (Blackwell with 9.7.0 and later)",
        ),
    ),
    (
        "nvidia-cudnn-cu12",
        ">=9.0,<9.7",
        NINE,
        f"{_OLD} {_TO_HOPPER}",
        (_MATRIX + "backend/v9.0.0/reference/support-matrix.html (5.0 to 9.0)", _MATRIX + "backend/v9.5.1/reference/support-matrix.html (5.0 to 9.0)"),
    ),
    (
        "nvidia-cudnn-cu11",
        ">=9.0",
        NINE,
        f"{_OLD} {_TO_HOPPER}",
        (
            _MATRIX + "backend/v9.0.0/reference/support-matrix.html (5.0 to 9.0)",
            _MATRIX + "latest/support-matrix/index.html (9.10.2 state: CUDA 11.x 5.0 to 9.0)",
        ),
    ),
    *(
        (
            f"nvidia-cudnn-{family}",
            ">=8.9,<9",
            EIGHT,
            f"{_OLD} {_TO_HOPPER}",
            (_MATRIX + "archives/cudnn-891/support-matrix/index.html (5.0 to 9.0)", _MATRIX + "archives/cudnn-896/support-matrix (5.0 to 9.0)"),
        )
        for family in ("cu11", "cu12")
    ),
)
"""(distribution, versions, libraries, targets, sources): a capability that a matrix supports counts as a target, present but not counted.

Of 8.0 to 8.8 the matrices say "3.5 and later" without an upper end, so nothing is claimed of them.
"""


def write(folder: Path) -> None:
    """Writes device_code.json: the rows that were measured first."""
    write_rows([*_measured(facts(folder, "device_code")), *_documented()], "catalogue", "data", "device_code.json")


def _measured(read: list[dict[str, Any]]) -> Iterator[CodeRow]:
    wheels: dict[str, list[LibraryCode]] = {}
    for library in read:
        if library["everything"]["sass"] or library["everything"]["ptx"]:
            wheels.setdefault(library["wheel"], []).append(_library(library))
    for wheel, libraries in sorted(wheels.items()):
        name, version, _, _ = parse_wheel_filename(wheel)
        yield CodeRow(distribution=str(name), versions=f"=={version}", libraries=tuple(libraries), sources=(f"{ORACLE}: {wheel}",))


def _library(read: dict[str, Any]) -> LibraryCode:
    counts = read["counts"]
    everything = read["everything"]
    # Where most targets lie outside the sections that were counted (cuFFT keeps its kernels in .ldata), counts would mislead: presence alone.
    counted = len(everything["sass"]) <= 2 * len(counts["elf"])
    return LibraryCode(
        library=read["library"].rpartition("/")[2],
        sass=_numbered(everything["sass"], counts["elf"] if counted else {}),
        ptx=_numbered(everything["ptx"], counts["ptx"] if counted else {}),
    )


def _numbered(targets: list[str], counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    ordered = sorted({*targets, *counts}, key=lambda target: (int(re.sub(r"\D", "", target)), target))
    return tuple((target, counts.get(target, 0)) for target in ordered)


def _documented() -> Iterator[CodeRow]:
    for distribution, versions, libraries, targets, sources in DOCUMENTED:
        sass = tuple((target, 0) for target in targets.split())
        code = tuple(LibraryCode(library=library, sass=sass) for library in libraries)
        yield CodeRow(distribution=distribution, versions=versions, libraries=code, measured=False, sources=sources)
