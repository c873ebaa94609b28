"""The facts: releases as the package index lists them, builds as frameworks publish them, and NVIDIA's tables."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PLATFORMS = ("linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64", "macos-x86_64")
"""The one spelling of a platform in the catalogue."""

PYTHONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
"""CPython releases that wheels of the catalogue are made for, oldest first."""


class Wheel(Struct, frozen=True, array_like=True, gc=False):
    """One wheel of a release."""

    tags: str
    """"cp311-cp311-manylinux_2_28_x86_64": the tags of its file name, compressed sets kept ("cp39.cp310-abi3-...")."""
    bytes: int | None = None


class Requirement(Struct, frozen=True, array_like=True, gc=False):
    """One Requires-Dist, taken apart; source: the packaging specifications of the PyPA."""

    name: str
    specifier: str = ""
    marker: str = ""
    extras: tuple[str, ...] = ()


class Release(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release of a distribution."""

    version: str
    released: str = ""
    """Upload date of its first file, "2026-01-21"."""
    yanked: bool = False
    requires_python: str = ""
    wheels: tuple[Wheel, ...] = ()
    requires: tuple[Requirement, ...] = ()
    """As the wheel named in `read_from` has them."""
    requires_on: tuple[tuple[str, tuple[Requirement, ...]], ...] = ()
    """(platform, requirements) where another platform's wheel of this release says otherwise."""
    read_from: str = ""
    """Tags of the wheel whose METADATA was read; empty when none was (unknown requirements)."""


class Distribution(Struct, frozen=True, kw_only=True):
    """Every release of one name, newest version first."""

    name: str
    releases: tuple[Release, ...]
    checked: str = ""
    """Date on which the index was read."""


class Labelled(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One build of a release whose wheels bear a local version, as an index or a page of links beside the default one has them ("2.10.0+cu126")."""

    distribution: str
    version: str
    """The public version."""
    local: str
    place: str
    """"index:URL" or "find-links:URL", without credentials."""
    released: str = ""
    requires_python: str = ""
    wheels: tuple[Wheel, ...] = ()
    requires: tuple[Requirement, ...] = ()
    read_from: str = ""
    """Tags of the wheel whose METADATA was read; empty when none was."""


class MarkerTruth(Struct, frozen=True, array_like=True, gc=False):
    """Where one marker of the snapshot holds, judged once when the snapshot is made: reading it back is quicker than parsing markers in every plan."""

    marker: str
    extra: str
    """The extra that it was judged with; empty for none, which stands for every extra that the marker does not name."""
    holds: int
    """One bit per platform and Python: bit `PLATFORMS.index(platform) * len(PYTHONS) + PYTHONS.index(python)`."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """What a package index said on one day."""

    schema: Literal["drivetrain/snapshot/1"] = "drivetrain/snapshot/1"
    as_of: str
    places: tuple[str, ...] = ()
    """The indexes and pages that were read, without credentials; empty for the shipped one, which is of the default index."""
    labelled: tuple[Labelled, ...] = ()
    markers: tuple[MarkerTruth, ...] = ()
    distributions: tuple[Distribution, ...]


class LibraryCode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Device code of one shared library that must be loaded."""

    library: str
    """"libcudnn_ops.so.9"."""
    sass: tuple[tuple[str, int], ...] = ()
    """(target, count): ("sm_70", 456); count 0 where only the presence is known (a build list, not a binary)."""
    ptx: tuple[tuple[str, int], ...] = ()
    """("compute_90", 249)."""
    ptx_version: str = ""
    """The newest version of its PTX, "8.5", which decides which drivers compile it; empty where it is not known."""
    ptx_alone: str = ""
    """The newest version of the PTX beside which no code is compiled for its architecture: what a chip needs that some of the code is compiled for."""
    sources: tuple[str, ...] = ()


class BuildFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one build of a framework's release beyond what its index page and METADATA say."""

    version: str
    distribution: str = ""
    """The name that this build's wheel has on the index; empty for the framework's own."""
    build: str
    """"cu128", "cpu", "cuda" (a release with one CUDA build), "rocm6.4", "xpu"."""
    platforms: tuple[str, ...]
    places: tuple[str, ...]
    """Where it is published: "index" (the package index's own file), "pytorch" (PyTorch's wheel index), "jax-releases", "conda-forge"."""
    pythons: tuple[str, ...] | None = None
    """Interpreter tags ("cp311", "cp313t"); None where the index page says it."""
    cuda: str | None = None
    cudnn: str | None = None
    """The cuDNN that it was made against or pins."""
    targets: tuple[str, ...] | None = None
    """Device code that its build list names: "sm_70", ..., "compute_120" for PTX; None: unknown."""
    requires: tuple[Requirement, ...] | None = None
    """Requirements where they differ from the index wheel's; None: not known or the same."""
    complete: bool = True
    """False: `requires` lists only some."""
    bundled: bool = False
    """The CUDA libraries lie inside the wheel; it requires no nvidia-* wheel."""
    note: str = ""
    sources: tuple[str, ...]


class Break(Struct, frozen=True, kw_only=True):
    """Two distributions that metadata lets together and that do not work together."""

    distribution: str
    versions: str
    other: str
    other_versions: str
    """Specifier of the versions of `other` that break."""
    cause: str
    says: str
    sources: tuple[str, ...]


class GpuModel(Struct, frozen=True, kw_only=True):
    """One GPU model."""

    name: str
    compute_capability: str
    architecture: str = ""
    pci_ids: tuple[str, ...] = ()
    """Lower-case device ids, without vendor."""
    last_driver_branch: str | None = None
    sources: tuple[str, ...]


class DriverBranch(Struct, frozen=True, kw_only=True):
    """From which driver on which CUDA is served in full."""

    os: Literal["linux", "windows"]
    driver: str
    """Lowest driver version of this row, as dotted numbers."""
    cuda: str
    sources: tuple[str, ...]


class CudaMajor(Struct, frozen=True, kw_only=True):
    """The lowest driver that serves a CUDA major version through minor-version compatibility."""

    major: int
    linux: str | None
    windows: str | None
    minor_compatibility: bool
    sources: tuple[str, ...]


class Architecture(Struct, frozen=True, kw_only=True):
    """A compute capability, and the toolkits that compile for it."""

    compute_capability: str
    cuda_first: str
    cuda_dropped_in: str | None
    name: str = ""
    sources: tuple[str, ...]
