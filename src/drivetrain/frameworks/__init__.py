"""The frameworks that drivetrain plans: one folder each, and the catalogue that knows them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from drivetrain.catalogue import Catalogue, read_rows, read_snapshot
from drivetrain.model.build import Framework
from drivetrain.model.catalogue import BuildFact, Snapshot

FOLDERS = tuple(sorted(path.parent.name for path in Path(__file__).parent.glob("*/__init__.py")))
"""Adding a framework is adding a folder."""


def frameworks() -> tuple[Framework, ...]:
    """Gives the value of every framework folder, by name."""
    return tuple(import_module(f"{__name__}.{folder}").FRAMEWORK for folder in FOLDERS)


def catalogue(snapshot: Snapshot | None = None) -> Catalogue:
    """Gives the shipped facts, over the shipped snapshot unless another is given."""
    every = frameworks()
    facts: dict[str, tuple[BuildFact, ...]] = {each.name: read_rows(Path(__file__).parent / each.name / "builds.json", BuildFact) for each in every}
    return Catalogue(snapshot or read_snapshot(), every, facts)


def script(framework: Framework, name: str) -> Path:
    """Gives the path of a script ("verify") that runs inside a target interpreter."""
    return Path(__file__).parent / framework.name / f"{name}.py"
