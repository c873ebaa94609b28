"""Reads the files of facts for the check: typed where their rows have a type, and every fault of the reading as a finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from drivetrain.catalogue import CodeRow, CondaRow
from drivetrain.model.build import Framework
from drivetrain.model.catalogue import Break, BuildFact, Release, Snapshot
from drivetrain.model.listing import Fault
from drivetrain.words import say

Row = TypeVar("Row")


class Builds(Struct, frozen=True):
    """The build rows of one file of a framework."""

    framework: Framework
    file: str
    """"torch/builds.json"."""
    rows: tuple[BuildFact, ...]


class Material(Struct, frozen=True, kw_only=True):
    """Every shipped fact, as the files have it."""

    snapshot: Snapshot
    builds: tuple[Builds, ...] = ()
    code: tuple[CodeRow, ...] = ()
    breaks: tuple[Break, ...] = ()
    conda: tuple[CondaRow, ...] = ()
    pairs: tuple[tuple[Framework, tuple[dict[str, Any], ...]], ...] = ()
    drivers: dict[str, Any] = {}
    gpus: dict[str, Any] = {}
    others: tuple[tuple[str, Any], ...] = ()
    """(file, document) of files whose rows have no type here."""
    texts: tuple[tuple[str, str], ...] = ()
    """(file, its text), for the days that stand in it."""
    frameworks: tuple[Framework, ...] = ()
    pages: tuple[tuple[str, frozenset[str]], ...] = ()
    """(language, slugs that have a page)."""

    def releases(self, distribution: str) -> tuple[Release, ...]:
        """Gives the releases of a distribution, none for one that the snapshot has not."""
        return next((each.releases for each in self.snapshot.distributions if each.name == distribution), ())


class Reader:
    """Reads the files below two folders, and keeps what could not be read."""

    def __init__(self, data: Path, frameworks: Path) -> None:
        self.data, self.frameworks = data, frameworks
        self.faults: list[Fault] = []

    def material(self, known: tuple[Framework, ...], pages: Path) -> Material:
        """Gives everything that can be read; a file that cannot is a fault and stands as an empty one."""
        folders = [(each, self.frameworks / each.name) for each in known]
        typed = {"snapshot.json", "device_code.json", "breaks.json", "conda.json", "drivers.json", "gpus.json"}
        builds = [(each, path) for each, folder in folders for path in sorted(folder.glob("*.json")) if path.name in ("builds.json", "other_accelerators.json")]
        read = {path for _, path in builds} | {folder / "pairs.json" for _, folder in folders}
        paths = [*sorted(self.data.glob("*.json")), *(path for _, folder in folders for path in sorted(folder.glob("*.json")))]
        others = [path for path in paths if path not in read and path.name not in typed]
        return Material(
            snapshot=self._one(self.data / "snapshot.json", Snapshot) or Snapshot(as_of="", distributions=()),
            builds=tuple(Builds(each, name_of(path), self._rows(path, BuildFact)) for each, path in builds),
            code=self._rows(self.data / "device_code.json", CodeRow),
            breaks=self._rows(self.data / "breaks.json", Break),
            conda=self._rows(self.data / "conda.json", CondaRow),
            pairs=tuple((each, self._rows(folder / "pairs.json", dict)) for each, folder in folders if (folder / "pairs.json").exists()),
            drivers=self._one(self.data / "drivers.json", dict) or {},
            gpus=self._one(self.data / "gpus.json", dict) or {},
            others=tuple((name_of(path), document) for path in others if (document := self._one(path, Any)) is not None),
            texts=tuple((name_of(path), path.read_text(encoding="utf-8", errors="replace")) for path in paths),
            frameworks=known,
            pages=tuple((language, frozenset(each.stem for each in (pages / language).glob("*.md"))) for language in ("en", "zh")),
        )

    def _rows(self, path: Path, kind: type[Row]) -> tuple[Row, ...]:
        """Reads row by row where the whole cannot be read, so that one damaged row does not hide the others."""
        raw = self._one(path, list[msgspec.Raw])
        return tuple(self._each(path, raw or [], kind))

    def _each(self, path: Path, raw: list[msgspec.Raw], kind: type[Row]) -> Iterator[Row]:
        for number, each in enumerate(raw):
            try:
                yield msgspec.json.decode(each, type=kind)
            except msgspec.DecodeError as error:
                self.faults.append(Fault(file=name_of(path), row=f"[{number}]", fault="schema", says=str(error)))

    def _one(self, path: Path, kind: Any) -> Any:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except OSError:
            self.faults.append(Fault(file=name_of(path), row="", fault="schema", says=say("the file is missing")))
        except msgspec.DecodeError as error:
            self.faults.append(Fault(file=name_of(path), row="", fault="schema", says=str(error)))
        return None


def name_of(path: Path) -> str:
    """Gives the name that a file has in findings: "gpus.json", "torch/builds.json"."""
    return path.name if path.parent.name == "data" else f"{path.parent.name}/{path.name}"
