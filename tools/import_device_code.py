"""Makes the table of device code: libraries that were read, entry by entry, and cuDNN's libraries as its support matrices describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from measure_code import RESULT, Measured
from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename
from packaging.version import Version
from rows import facts, write_rows

from drivetrain.catalogue import CodeRow
from drivetrain.catalogue.plain_build import deciding_libraries
from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.frameworks import frameworks
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


MIXED = SpecifierSet("<1.13")
"""PyTorch's wheels that hold cuDNN, cuBLAS and NCCL inside libtorch_cuda: the targets of those libraries stand beside its own there (1.12.1: 272 entries of
sm_35, for which PyTorch itself was not compiled), so that counts say nothing of PyTorch and its build list stays."""
UNEVEN = ("onnxruntime-gpu", "tensorrt")
"""Their kernels for newer chips are several times as many as the rest, so that half of the best-covered target is too much to ask: what has an eighth of
it counts as present (onnxruntime-gpu 1.31.1: 244 entries of sm_75, the whole of what every chip gets, beside 608 of sm_90a; the builder resource of tensorrt
8.6.0: 1742 of sm_60 beside 9104 of sm_90). Special kernels have far less: 6 of sm_70, 8 of sm_90a."""
NO_NEWER = ("tensorrt",)
"""They hold PTX and refuse a chip that they do not know all the same: "Unsupported SM"; source: https://github.com/NVIDIA/TensorRT/issues/2332 and 1428."""
Code = dict[str, int]


class Read(Struct, frozen=True):
    """The code of one library of one wheel."""

    wheel: str
    library: str
    sass: Code
    ptx: Code
    source: str
    ptx_version: str = ""
    ptx_alone: str = ""

    @property
    def release(self) -> tuple[str, str]:
        """The wheel's distribution and version."""
        project, number, _, _ = parse_wheel_filename(self.wheel)
        return str(project), str(number)

    def decides(self) -> bool:
        """Tells whether a framework must load this library and its code must fit; what else was read stays in measured_code.json."""
        distribution, version = self.release
        if not (self.sass or self.ptx) or (distribution == "torch" and version in MIXED):
            return False
        framework = next((each for each in frameworks() if each.distribution == distribution), None)
        names = framework.libraries if framework else deciding_libraries(distribution)
        return not names or any(self.library.startswith(each) for each in names)


def write(folder: Path) -> None:
    """Writes device_code.json: the rows that were measured first."""
    write_rows([*_measured(folder), *_documented()], "catalogue", "data", "device_code.json")


def _measured(folder: Path) -> Iterator[CodeRow]:
    """Gives the rows of each release that was read, one for the platforms whose wheels hold the same."""
    ours = list(_by_us())
    known = {(each.release, each.library) for each in ours}
    releases: dict[tuple[str, str], dict[str, dict[str, Read]]] = {}
    # Our counts are of whole files, the tool's of single sections: they stand in where we read nothing.
    for read in (*(each for each in _by_oracle(folder) if (each.release, each.library) not in known), *ours):
        for platform in platforms_of(read.wheel.removesuffix(".whl")) if read.decides() else ():
            releases.setdefault(read.release, {}).setdefault(platform, {})[read.library] = read
    for (name, version), platforms in sorted(releases.items(), key=lambda each: (each[0][0], Version(each[0][1]))):
        alike: dict[tuple[LibraryCode, ...], list[str]] = {}
        for platform, libraries in platforms.items():
            alike.setdefault(tuple(_code(libraries[each]) for each in sorted(libraries)), []).append(platform)
        for code, served in alike.items():
            sources = dict.fromkeys(read.source for platform in served for read in platforms[platform].values())
            yield CodeRow(distribution=name, versions=f"=={version}", platforms=tuple(sorted(served)), libraries=code, sources=tuple(sources))


def _code(read: Read) -> LibraryCode:
    sass, ptx = (_present(read, each) if read.release[0] in UNEVEN else each for each in (read.sass, read.ptx))
    ptx = {} if read.release[0] in NO_NEWER else ptx
    return LibraryCode(library=read.library, sass=_ordered(sass), ptx=_ordered(ptx), ptx_version=read.ptx_version, ptx_alone=read.ptx_alone)


def _present(read: Read, code: Code) -> Code:
    """Gives the targets that are more than special kernels, present but not counted."""
    best = max((*read.sass.values(), *read.ptx.values()))
    return {target: 0 for target, count in code.items() if 8 * count >= best}


def _by_oracle(folder: Path) -> Iterator[Read]:
    for read in facts(folder, "device_code"):
        everything, counts = read["everything"], read["counts"]
        if everything["sass"] or everything["ptx"]:
            # Where most targets lie outside the sections that were counted (cuFFT keeps its kernels in .ldata), counts would mislead: presence alone.
            by_target = {**counts["elf"], **counts["ptx"]} if len(everything["sass"]) <= 2 * len(counts["elf"]) else {}
            sass, ptx = ({target: by_target.get(target, 0) for target in everything[kind]} for kind in ("sass", "ptx"))
            yield Read(read["wheel"], read["library"].rpartition("/")[2], sass, ptx, f"{ORACLE}: {read['wheel']}")


def _by_us() -> Iterator[Read]:
    for row in msgspec.json.decode(RESULT.read_bytes(), type=list[Measured]):
        yield Read(row.wheel, row.library, row.sass, row.ptx, f"tools/measure_code.py on {row.wheel}", row.ptx_version, row.ptx_alone)


def _ordered(code: Code) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(code.items(), key=lambda each: (int(re.sub(r"\D", "", each[0])), each[0])))


def _documented() -> Iterator[CodeRow]:
    """Gives the documents' rows, which serve the releases that come, and the platforms whose wheels were not read."""
    for distribution, versions, libraries, targets, sources in DOCUMENTED:
        named = tuple((target, 0) for target in targets.split())
        sass = tuple(each for each in named if each[0].startswith("sm_"))
        code = tuple(LibraryCode(library=library, sass=sass, ptx=named[len(sass) :]) for library in libraries)
        yield CodeRow(distribution=distribution, versions=versions, libraries=code, measured=False, sources=sources)
