"""The documents that list things: the versions of a component, the frameworks of the catalogue."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class VersionRow(Struct, frozen=True, kw_only=True):
    """One version of a component in one place."""

    version: str
    released: str | None = None
    source: str
    """"wheel" (the package index), "pytorch" (a framework's own index), "conda-forge", "defaults", "nvidia" (conda channels), "archive" (NVIDIA's)."""
    package: str = ""
    """What it is called there: "nvidia-cudnn-cu12", "cudatoolkit"."""
    builds: tuple[str, ...] = ()
    """The builds that the target can use ("cu126", "CUDA 12.9"); of a version that it cannot, those that exist."""
    usable: bool | None = None
    """None: not known for this target."""
    says: str = ""
    cause: str | None = None
    sources: tuple[str, ...] = ()


class Take(Struct, frozen=True, kw_only=True):
    """The version to take from one place, and the line that does it."""

    source: str
    package: str
    version: str
    released: str | None = None
    command: str = ""


class Terms(Struct, frozen=True, kw_only=True):
    """What one must agree to before taking something from a place."""

    source: str
    says: str
    url: str


class Versions(Struct, frozen=True, kw_only=True):
    """Every version of a component that exists."""

    schema: Literal["drivetrain/versions/1"] = "drivetrain/versions/1"
    component: str
    target: str = ""
    """For what it was answered, in words."""
    note: str = ""
    """What holds for every row: that the target has no GPU for it."""
    take: tuple[Take, ...] = ()
    """What the target can use, the best place first; empty where nothing of it can be used."""
    uncounted: tuple[str, ...] = ()
    """Sources among them that a plan on this machine counts only with --sources all: they have not answered from here."""
    versions: tuple[VersionRow, ...]
    terms: tuple[Terms, ...] = ()


What = Literal["released", "removed", "yanked", "unyanked", "wheels", "requirements", "added", "dropped"]


class Change(Struct, frozen=True, kw_only=True):
    """One difference between two snapshots of an index."""

    distribution: str
    version: str = ""
    """Empty where the whole distribution came or went."""
    what: What
    says: str


class FrameworkRow(Struct, frozen=True, kw_only=True):
    """One distribution of the catalogue."""

    name: str
    releases: int
    newest: str
    released: str = ""
    """The day of the newest."""
    checked: str
    framework: bool = False


class FactFile(Struct, frozen=True, kw_only=True):
    """One file of facts that drivetrain brings along."""

    name: str
    what: str
    rows: int
    sources: int
    """Different sources that its rows name."""
    newest: str = ""
    """The latest day that one of its rows or sources names; empty where none does."""


class Overlay(Struct, frozen=True, kw_only=True):
    """What `catalogue refresh` left in the cache."""

    path: str
    as_of: str
    days: float
    """Its age."""
    used: bool
    """Whether plans count it: for seven days, unless the shipped facts are newer."""
    places: tuple[str, ...] = ()


class CatalogueSummary(Struct, frozen=True, kw_only=True):
    """What the catalogue holds and how old it is; after a refresh, what changed."""

    schema: Literal["drivetrain/catalogue/1"] = "drivetrain/catalogue/1"
    as_of: str
    shipped: str = ""
    """The day of the snapshot that drivetrain brings along."""
    overlay: Overlay | None = None
    frameworks: tuple[FrameworkRow, ...] = ()
    files: tuple[FactFile, ...] = ()
    changes: tuple[Change, ...] = ()
    seconds: float | None = None
    """How long the refresh took; null where nothing was refreshed."""
    facts: CatalogueFacts | None = None
    """What is known of the one that was named."""
    faults: tuple[Fault, ...] | None = None
    """What `check` found; null where nothing was checked."""


class CatalogueFacts(Struct, frozen=True, kw_only=True):
    """Everything that the catalogue knows of one distribution."""

    name: str
    title: str = ""
    releases: tuple[KnownRelease, ...] = ()
    builds: tuple[KnownBuild, ...] = ()
    code: tuple[KnownCode, ...] = ()
    breaks: tuple[KnownBreak, ...] = ()
    sources: tuple[str, ...] = ()


class KnownRelease(Struct, frozen=True, kw_only=True):
    """One release as the index lists it."""

    version: str
    released: str
    yanked: bool = False
    requires_python: str = ""
    platforms: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    read_from: str = ""


class KnownBuild(Struct, frozen=True, kw_only=True):
    """One build of a release that the catalogue describes."""

    version: str
    build: str
    platforms: tuple[str, ...]
    places: tuple[str, ...]
    cuda: str | None = None
    cudnn: str | None = None
    targets: tuple[str, ...] | None = None
    sources: tuple[str, ...] = ()


class KnownCode(Struct, frozen=True, kw_only=True):
    """The device code of one library."""

    versions: str
    library: str
    platforms: tuple[str, ...] = ()
    measured: bool
    targets: tuple[tuple[str, int], ...]
    sources: tuple[str, ...] = ()


class KnownBreak(Struct, frozen=True, kw_only=True):
    """Two distributions that do not work together although metadata lets them."""

    distribution: str
    versions: str
    other: str
    other_versions: str
    cause: str
    says: str
    sources: tuple[str, ...] = ()


class Fault(Struct, frozen=True, kw_only=True):
    """One row of the shipped facts that cannot be right."""

    file: str
    row: str
    """Which one, as far as it can be named."""
    fault: Literal["schema", "source", "spelling", "contradiction", "date", "page"]
    says: str
