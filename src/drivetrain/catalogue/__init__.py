"""The catalogue: what exists, since when, for whom, and what it needs; values with their sources, read from the package's data files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from drivetrain.catalogue.conda import CondaBuild
from drivetrain.catalogue.held import HeldSnapshot
from drivetrain.errors import CatalogueError
from drivetrain.model.build import Framework
from drivetrain.model.catalogue import PLATFORMS, PYTHONS, Break, BuildFact, LibraryCode, Release, Requirement, Snapshot, Wheel
from drivetrain.model.companion import Companion
from drivetrain.words import say

DATA = Path(__file__).with_name("data")
CONDA_LIBRARIES = ("cudatoolkit", "cudnn", "cuda-version", "libabseil", "libgrpc", "libprotobuf")
"""The conda packages that the planner knows; no wheel has these names."""


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Device code of a distribution's libraries, for the versions it is known of."""

    distribution: str
    versions: str
    """PEP 440 specifier."""
    platforms: tuple[str, ...] = ()
    """Whose wheels hold it; empty for every platform."""
    libraries: tuple[LibraryCode, ...]
    measured: bool = True
    """Read from the binary; False: from a document."""
    sources: tuple[str, ...]


class CondaRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a conda package that stands in for wheels which do not exist."""

    package: str
    version: str
    platforms: tuple[str, ...] = ()
    """Empty where no document says it: then it is not offered."""
    sources: tuple[str, ...]


class LocalWheel(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel of a find-links folder or another index than the one the snapshot shows."""

    distribution: str
    version: str
    local: str
    wheel: Wheel
    place: str
    requires_python: str = ""
    requires: tuple[Requirement, ...] | None = None
    """What its own METADATA says; None: not read."""


class Catalogue:
    """Every fact that the planner and the auditor ask for."""

    def __init__(
        self,
        snapshot: Snapshot | HeldSnapshot,
        frameworks: tuple[Framework, ...] = (),
        facts: Mapping[str, tuple[BuildFact, ...]] | None = None,
        code: tuple[CodeRow, ...] | None = None,
        breaks: tuple[Break, ...] | None = None,
        local_wheels: tuple[LocalWheel, ...] = (),
        pairs: dict[str, tuple[tuple[str, str], ...]] | None = None,
        others: Mapping[str, tuple[BuildFact, ...]] | None = None,
    ) -> None:
        self.snapshot = HeldSnapshot.of(snapshot) if isinstance(snapshot, Snapshot) else snapshot
        self.frameworks = frameworks
        self.local_wheels = local_wheels
        self.others: Mapping[str, tuple[BuildFact, ...]] = {} if others is None else others
        self.pairs = pairs or {}
        """Per companion: (its version, the framework's version) that were released together."""
        self._facts: Mapping[str, tuple[BuildFact, ...]] = {} if facts is None else facts
        self._facts_by_release: dict[str, dict[str, tuple[BuildFact, ...]]] = {}
        self._code = code
        self._breaks = breaks
        self.memory: dict[str, Any] = {}
        """What modules of the catalogue computed from it and keep with it."""

    @property
    def as_of(self) -> str:
        """The day on which the snapshot was read."""
        return self.snapshot.as_of

    @property
    def distributions(self) -> frozenset[str]:
        """Names of the distributions that the snapshot has."""
        return self.snapshot.names

    def releases(self, name: str) -> tuple[Release, ...]:
        """Gives every release of a distribution, newest first; none for one that the catalogue does not know."""
        return self.snapshot.releases(name)

    def framework(self, distribution: str) -> Framework | None:
        """Gives the framework that a distribution, or a name it once had, belongs to."""
        return self._framework_by_name.get(distribution)

    @cached_property
    def _framework_by_name(self) -> dict[str, Framework]:
        return {
            name: each
            for each in reversed(self.frameworks)
            for name in (each.name, *each.names, *each.kept_names, *(old for old, _ in each.renamed), each.distribution)
        }

    def framework_of_companion(self, distribution: str) -> Framework | None:
        """Gives the framework that this companion (torchvision, xformers) goes with."""
        row = self.companions.get(distribution)
        return next((each for each in self.frameworks if distribution in each.companions or (row is not None and row.framework == each.name)), None)

    def companion(self, distribution: str) -> Companion | None:
        """Gives what is known of a companion whose builds METADATA alone does not tell."""
        return self.companions.get(distribution)

    @cached_property
    def companions(self) -> dict[str, Companion]:
        from drivetrain.catalogue.companions import read_companions

        return read_companions()

    def facts(self, name: str) -> tuple[BuildFact, ...]:
        """Gives the build rows of a framework."""
        return self._facts.get(name, ())

    def other_builds(self, name: str) -> tuple[BuildFact, ...]:
        """Gives the builds of a framework for GPUs that are not NVIDIA's: facts, never candidates."""
        return self.others.get(name, ())

    def facts_of_release(self, name: str, version: str) -> tuple[BuildFact, ...]:
        """Gives the build rows of one release of a framework."""
        if name not in self._facts_by_release:
            by_release: dict[str, list[BuildFact]] = {}
            for row in self.facts(name):
                by_release.setdefault(row.version, []).append(row)
            self._facts_by_release[name] = {key: tuple(rows) for key, rows in by_release.items()}
        return self._facts_by_release[name].get(version, ())

    @cached_property
    def _markers(self) -> dict[tuple[str, str], int]:
        return {(each.marker, each.extra): each.holds for each in self.snapshot.markers}

    def marker_holds(self, marker: str, platform: str, python: str, extra: str = "") -> bool:
        """Tells whether a requirement's marker holds; what the snapshot has not judged (another's marker, a new Python) is evaluated."""
        if not marker:
            return True
        bits = self._markers.get((marker, extra), self._markers.get((marker, "")))
        if bits is None or python not in PYTHONS or platform not in PLATFORMS:
            from drivetrain.catalogue.relations.markers import marker_environment, marker_holds

            os, arch = platform.split("-")
            return marker_holds(marker, marker_environment(os, {"arm64": "aarch64"}.get(arch, arch), python), extra)
        return bool(bits >> (PLATFORMS.index(platform) * len(PYTHONS) + PYTHONS.index(python)) & 1)

    @cached_property
    def code_rows(self) -> dict[str, tuple[CodeRow, ...]]:
        rows = self._code if self._code is not None else read_rows(DATA / "device_code.json", CodeRow)
        by_name: dict[str, list[CodeRow]] = {}
        for row in rows:
            by_name.setdefault(row.distribution, []).append(row)
        return {name: tuple(sorted(each, key=lambda row: not row.measured)) for name, each in by_name.items()}

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        if self._breaks is not None:
            return self._breaks
        return read_rows(DATA / "breaks.json", Break)

    @cached_property
    def conda(self) -> dict[str, tuple[CondaRow, ...]]:
        """Packages of conda-forge that builds of a framework need where there are no wheels of their libraries, newest first."""
        by_name: dict[str, list[CondaRow]] = {}
        for row in read_rows(DATA / "conda.json", CondaRow):
            by_name.setdefault(row.package, []).append(row)
        return {name: tuple(reversed(rows)) for name, rows in by_name.items()}

    @cached_property
    def conda_builds(self) -> dict[str, tuple[CondaBuild, ...]]:
        """What conda-forge's recipes build, by the name that it is planned as: asked only where everything is to come from conda."""
        by_name: dict[str, list[CondaBuild]] = {}
        for row in read_rows(DATA / "conda_builds.json", CondaBuild):
            by_name.setdefault(row.distribution, []).append(row)
        return {name: tuple(rows) for name, rows in by_name.items()}

    def knows(self, name: str) -> bool:
        """Tells whether a requirement on this name is the planner's to meet."""
        return name in self.distributions or name in CONDA_LIBRARIES

    def with_snapshot(self, snapshot: Snapshot | HeldSnapshot, local_wheels: tuple[LocalWheel, ...] = ()) -> Catalogue:
        """Gives the same facts over another snapshot (a refreshed one), and wheels that lie in other places."""
        return Catalogue(snapshot, self.frameworks, self._facts, self._code, self._breaks, local_wheels, self.pairs, self.others)


def read_rows(path: Path, kind: type[Any]) -> tuple[Any, ...]:
    """Reads a JSON file of rows; raises CatalogueError with the file and the path to the fault."""
    try:
        rows: tuple[Any, ...] = msgspec.json.decode(path.read_bytes(), type=tuple.__class_getitem__((kind, ...)))
        return rows
    except (OSError, msgspec.DecodeError) as error:
        raise CatalogueError(say("{file}: {error}", file=path.name, error=error), say("install drivetrain again: its data files are damaged")) from error


def read_snapshot(path: Path = DATA / "snapshot.json") -> HeldSnapshot:
    """Reads a snapshot of the package index; raises CatalogueError."""
    try:
        return HeldSnapshot.of_file(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise CatalogueError(say("{file}: {error}", file=path.name, error=error), say("install drivetrain again, or ask the indexes with --refresh")) from error
