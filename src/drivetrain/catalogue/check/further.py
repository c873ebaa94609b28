"""Checks the files that not every plan reads: conda-forge's builds, companions, wheels of release pages, sources that are built, versions outside the index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from packaging.version import InvalidVersion, Version

from drivetrain.catalogue.check.material import Material
from drivetrain.catalogue.check.spelling import CUDA, INTERPRETER, PTX, SASS, specifier_faults
from drivetrain.catalogue.conda import CondaBuild
from drivetrain.catalogue.elsewhere import CHANNELS
from drivetrain.catalogue.page_wheels import PageWheel
from drivetrain.catalogue.source_builds import SourceBuild
from drivetrain.model.catalogue import PLATFORMS
from drivetrain.model.companion import Companion
from drivetrain.model.listing import Fault
from drivetrain.words import say

_TYPES = {"conda_builds.json": CondaBuild, "companions.json": Companion, "page_wheels.json": PageWheel, "source_builds.json": SourceBuild}
_MAJOR_OR_RELEASE = re.compile(r"\d+(\.\d+)?|cpu|")


def further_faults(material: Material) -> Iterator[Fault]:
    """Gives the faults of these files, row by row."""
    names = {each.name for each in material.snapshot.distributions}
    frameworks = {each.name for each in material.frameworks}
    for file, document in material.others:
        if file in _TYPES and isinstance(document, list):
            for number, raw in enumerate(document):
                try:
                    row: Any = msgspec.convert(raw, type=_TYPES[file])
                except msgspec.ValidationError as error:
                    yield Fault(file=file, row=f"[{number}]", fault="schema", says=str(error))
                    continue
                named = f"{getattr(row, 'distribution', '') or getattr(row, 'name', '')} {getattr(row, 'version', '')}".strip()
                yield from (Fault(file=file, row=named, fault=fault, says=says) for fault, says in _of(row, names, frameworks))
        if file == "elsewhere.json":
            yield from _of_elsewhere(document)


def _of(row: Any, names: set[str], frameworks: set[str]) -> Iterator[tuple[Any, str]]:
    if isinstance(row, CondaBuild):
        for says in _spelled(row.platforms, row.pythons, row.targets or (), (row.cuda,) if row.cuda else ()):
            yield "spelling", says
    elif isinstance(row, Companion):
        if row.name not in names:
            yield "contradiction", say("the catalogue does not know {name}", name=row.name)
        if row.framework not in frameworks and not (row.instead and not row.framework):
            yield "contradiction", say("there is no framework {name}", name=row.framework)
        for match in row.goes:
            cudas = [say("{value} is no CUDA release like 12.8", value=each) for each in match.cuda if not _MAJOR_OR_RELEASE.fullmatch(each)]
            for says in (*cudas, *specifier_faults(match.versions), *specifier_faults(match.framework), *_spelled(match.platforms, (), match.targets, ())):
                yield "spelling", says
            if not match.sources:
                yield "source", say("it has no source")


def _spelled(platforms: tuple[str, ...], pythons: tuple[str, ...], targets: tuple[str, ...], cudas: tuple[str, ...]) -> Iterator[str]:
    yield from (say("{value} is no platform like linux-x86_64", value=each) for each in platforms if each not in PLATFORMS)
    yield from (say("{value} is no interpreter tag like cp312", value=each) for each in pythons if not INTERPRETER.fullmatch(each))
    yield from (say("{value} is no target like sm_90 or compute_90", value=each) for each in targets if not SASS.fullmatch(each) and not PTX.fullmatch(each))
    yield from (say("{value} is no CUDA release like 12.8", value=each) for each in cudas if not CUDA.fullmatch(each))


def _of_elsewhere(document: Any) -> Iterator[Fault]:
    file = "elsewhere.json"
    count = len(document.get("sources", ()))
    seen: set[tuple[str, ...]] = set()
    for row in document.get("rows", ()):
        named = f"{row.get('channel')} {row.get('package')} {row.get('version')}"
        key = (str(row.get("channel")), str(row.get("package")), str(row.get("version")), str(row.get("builds")))
        if not row.get("sources") or not all(isinstance(each, int) and 0 <= each < count for each in row["sources"]):
            yield Fault(file=file, row=named, fault="source", says=say("it has no source"))
        if row.get("channel") not in CHANNELS:
            yield Fault(file=file, row=named, fault="spelling", says=say("{value} is no place like pytorch or index", value=row.get("channel")))
        try:
            Version(str(row.get("version")))
        except InvalidVersion:
            yield Fault(file=file, row=named, fault="spelling", says=say("{value} is no version as PEP 440 writes it", value=row.get("version")))
        for cuda, platforms in row.get("builds", ()):
            cudas = [say("{value} is no CUDA release like 12.8", value=cuda)] if not _MAJOR_OR_RELEASE.fullmatch(cuda) else []
            yield from (Fault(file=file, row=named, fault="spelling", says=says) for says in (*cudas, *_spelled(tuple(platforms), (), (), ())))
        if key in seen:
            yield Fault(file=file, row=named, fault="contradiction", says=say("this version stands there twice"))
        seen.add(key)
