"""The frameworks that drivetrain plans: one folder each, and the catalogue that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

import msgspec

from drivetrain.catalogue import Catalogue, read_rows, read_snapshot
from drivetrain.catalogue.held import HeldSnapshot
from drivetrain.model.build import Framework
from drivetrain.model.catalogue import BuildFact, Snapshot

FOLDERS = tuple(sorted(path.parent.name for path in Path(__file__).parent.glob("*/__init__.py")))
"""Adding a framework is adding a folder."""


class HeldFacts(Mapping[str, tuple[BuildFact, ...]]):
    """The build rows by framework; each file is read when its framework is first asked for."""

    def __init__(self, names: Iterable[str], file: str = "builds.json") -> None:
        self._names = tuple(names)
        self._file = file
        self._read: dict[str, tuple[BuildFact, ...]] = {}

    def __getitem__(self, name: str) -> tuple[BuildFact, ...]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            path = Path(__file__).parent / name / self._file
            self._read[name] = read_rows(path, BuildFact) if self._file == "builds.json" or path.exists() else ()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def frameworks() -> tuple[Framework, ...]:
    """Gives the value of every framework folder, by name."""
    return tuple(import_module(f"{__name__}.{folder}").FRAMEWORK for folder in FOLDERS)


def catalogue(snapshot: Snapshot | HeldSnapshot | None = None) -> Catalogue:
    """Gives the shipped facts, over the shipped snapshot unless another is given."""
    every = frameworks()
    return Catalogue(
        snapshot or read_snapshot(),
        every,
        HeldFacts(each.name for each in every),
        pairs={name: rows for each in every for name, rows in _pairs(each).items()},
        others=HeldFacts((each.name for each in every), "other_accelerators.json"),
    )


def _pairs(framework: Framework) -> dict[str, tuple[tuple[str, str], ...]]:
    """Gives for each companion the releases that were made for each other, where the framework's folder says so."""
    path = Path(__file__).parent / framework.name / "pairs.json"
    rows = msgspec.json.decode(path.read_bytes()) if path.exists() else []
    return {
        companion: tuple((row[companion], row[framework.name]) for row in rows if row.get(companion) and row.get(framework.name))
        for companion in framework.companions
    }


def script(framework: Framework, name: str) -> Path:
    """Gives the path of a script ("verify") that runs inside a target interpreter."""
    return Path(__file__).parent / framework.name / f"{name}.py"
