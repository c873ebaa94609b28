"""Makes the table of device code: libraries that were read, entry by entry, and cuDNN's libraries as its support matrices describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from measure_code import RESULT, Measured
from packaging.utils import parse_wheel_filename
from packaging.version import Version
from rows import facts, write_rows

from drivetrain.catalogue import CodeRow
from drivetrain.model.catalogue import LibraryCode

ORACLE = "cuobjdump 13.5.37 and 12.4.99 (NVIDIA)"
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
            f"{_OLD} {_TO_HOPPER} compute_90",
            (
                _MATRIX + "archives/cudnn-891/support-matrix/index.html (5.0 to 9.0)",
                _MATRIX + "archives/cudnn-896/support-matrix (5.0 to 9.0)",
                "tools/measure_code.py: PTX for 9.0 in each of the five releases of 8.9 that were read",
            ),
        )
        for family in ("cu11", "cu12")
    ),
)
"""(distribution, versions, libraries, targets, sources): a capability that a matrix supports counts as a target, present but not counted.

Of 8.0 to 8.8 the matrices say "3.5 and later" without an upper end, so nothing is claimed of those that were not read.
"""


Code = dict[str, int]
Libraries = dict[str, tuple[Code, Code]]
"""SASS and PTX targets with their counts, by library."""


def write(folder: Path) -> None:
    """Writes device_code.json: the rows that were measured first."""
    write_rows([*_measured(folder), *_documented()], "catalogue", "data", "device_code.json")


def _measured(folder: Path) -> Iterator[CodeRow]:
    """Gives a row for each release that was read: what cuobjdump showed, and what tools/measure_code.py counted, over the platforms read.

    Chips of one platform alone (Orin and Thor are aarch64) appear in that platform's wheel alone, so the union over platforms misleads no one.
    """
    releases: dict[tuple[str, str], tuple[Libraries, list[str]]] = {}
    for wheel, library, sass, ptx, source in [*_by_oracle(folder), *_by_us()]:
        project, number, _, _ = parse_wheel_filename(wheel)
        libraries, sources = releases.setdefault((str(project), str(number)), ({}, []))
        known = libraries.setdefault(library, ({}, {}))
        for mine, read in zip(known, (sass, ptx), strict=True):
            for target, count in read.items():
                mine[target] = max(count, mine.get(target, 0))
        if source not in sources:
            sources.append(source)
    for (name, version), (libraries, sources) in sorted(releases.items(), key=lambda each: (each[0][0], Version(each[0][1]))):
        code = tuple(LibraryCode(library=library, sass=_ordered(sass), ptx=_ordered(ptx)) for library, (sass, ptx) in libraries.items())
        yield CodeRow(distribution=name, versions=f"=={version}", libraries=code, sources=tuple(sources))


def _by_oracle(folder: Path) -> Iterator[tuple[str, str, Code, Code, str]]:
    for read in facts(folder, "device_code"):
        everything, counts = read["everything"], read["counts"]
        if everything["sass"] or everything["ptx"]:
            # Where most targets lie outside the sections that were counted (cuFFT keeps its kernels in .ldata), counts would mislead: presence alone.
            by_target = {**counts["elf"], **counts["ptx"]} if len(everything["sass"]) <= 2 * len(counts["elf"]) else {}
            sass, ptx = ({target: by_target.get(target, 0) for target in everything[kind]} for kind in ("sass", "ptx"))
            yield read["wheel"], read["library"].rpartition("/")[2], sass, ptx, f"{ORACLE}: {read['wheel']}"


def _by_us() -> Iterator[tuple[str, str, Code, Code, str]]:
    for row in msgspec.json.decode(RESULT.read_bytes(), type=list[Measured]):
        yield row.wheel, row.library, row.sass, row.ptx, f"tools/measure_code.py on {row.wheel}"


def _ordered(code: Code) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(code.items(), key=lambda each: (int(re.sub(r"\D", "", each[0])), each[0])))


def _documented() -> Iterator[CodeRow]:
    for distribution, versions, libraries, targets, sources in DOCUMENTED:
        named = tuple((target, 0) for target in targets.split())
        sass = tuple(each for each in named if each[0].startswith("sm_"))
        code = tuple(LibraryCode(library=library, sass=sass, ptx=named[len(sass) :]) for library in libraries)
        yield CodeRow(distribution=distribution, versions=versions, libraries=code, measured=False, sources=sources)
