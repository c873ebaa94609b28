"""Holds every row to the one spelling of Pythons, platforms, capabilities, versions and places, and to a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from drivetrain.catalogue.check.material import Material
from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.model.catalogue import PLATFORMS, BuildFact, Release
from drivetrain.model.listing import Fault
from drivetrain.words import say

CUDA = re.compile(r"\d+\.\d+")
_LIBRARY = re.compile(r"\d+(\.\d+){0,3}")
INTERPRETER = re.compile(r"cp3\d+t?|py3\d*|py2\.py3")
SASS = re.compile(r"sm_\d{2,3}[af]?")
PTX = re.compile(r"compute_\d{2,3}[af]?")
_CAPABILITY = re.compile(r"\d+\.\d[af]?")
_PLACE = re.compile(r"[a-z][a-z0-9-]*")


def spelling_faults(material: Material) -> Iterator[Fault]:
    """Gives every row that spells a thing otherwise than the others."""
    for builds in material.builds:
        for row in builds.rows:
            yield from (Fault(file=builds.file, row=_named(row), fault="spelling", says=says) for says in _of_build(row))
    for code in material.code:
        said = [*specifier_faults(code.versions), *_platforms(code.platforms)]
        for library in code.libraries:
            said += _targets([target for target, _ in library.sass], SASS) + _targets([target for target, _ in library.ptx], PTX)
        yield from (Fault(file="device_code.json", row=f"{code.distribution} {code.versions}", fault="spelling", says=says) for says in said)
    for each in material.breaks:
        said = [*specifier_faults(each.versions), *specifier_faults(each.other_versions), *_names((each.distribution, each.other))]
        yield from (Fault(file="breaks.json", row=f"{each.distribution} + {each.other}", fault="spelling", says=says) for says in said)
    for conda in material.conda:
        yield from (Fault(file="conda.json", row=f"{conda.package} {conda.version}", fault="spelling", says=says) for says in _platforms(conda.platforms))
    for model in material.gpus.get("models", ()):
        if not _CAPABILITY.fullmatch(model[1]):
            says = say("{value} is no compute capability like 8.9", value=model[1])
            yield Fault(file="gpus.json", row=str(model[0]), fault="spelling", says=says)
    yield from _of_snapshot(material)


def _of_build(row: BuildFact) -> Iterator[str]:
    yield from _version(row.version)
    yield from _platforms(row.platforms)
    yield from (say("{value} is no place like pytorch or index", value=each) for each in row.places if not _PLACE.fullmatch(each))
    yield from (say("{value} is no interpreter tag like cp312", value=each) for each in row.pythons or () if not INTERPRETER.fullmatch(each))
    if row.cuda is not None and not CUDA.fullmatch(row.cuda):
        yield say("{value} is no CUDA release like 12.8", value=row.cuda)
    if row.cudnn is not None and not _LIBRARY.fullmatch(row.cudnn):
        yield say("{value} is no version of cuDNN like 9.10.2.21", value=row.cudnn)
    for target in row.targets or ():
        if not SASS.fullmatch(target) and not PTX.fullmatch(target):
            yield say("{value} is no target like sm_90 or compute_90", value=target)
    for each in row.requires or ():
        yield from (*specifier_faults(each.specifier), *_names((each.name,)))


def _of_snapshot(material: Material) -> Iterator[Fault]:
    for distribution in material.snapshot.distributions:
        for release in distribution.releases:
            named = f"{distribution.name} {release.version}"
            yield from (Fault(file="snapshot.json", row=named, fault="spelling", says=says) for says in _of_release(release))


def _of_release(release: Release) -> Iterator[str]:
    yield from _version(release.version)
    yield from (say("{value}: a wheel for none of the platforms", value=each.tags) for each in release.wheels if not platforms_of(each.tags))
    yield from _platforms(name for name, _ in release.requires_on)
    for requires in (release.requires, *(there for _, there in release.requires_on)):
        for each in requires:
            yield from (*specifier_faults(each.specifier), *_names((each.name,)))


def _platforms(values: Iterable[str] | None) -> list[str]:
    return [say("{value} is no platform like linux-x86_64", value=each) for each in values or () if each not in (*PLATFORMS, "any")]


def _targets(values: list[str], shape: re.Pattern[str]) -> list[str]:
    return [say("{value} is no target like sm_90 or compute_90", value=each) for each in values if not shape.fullmatch(each)]


_versions: dict[str, bool] = {}
_specifiers: dict[str, bool] = {}


def _version(text: str) -> list[str]:
    if text not in _versions:
        try:
            _versions[text] = str(Version(text)) == text
        except InvalidVersion:
            _versions[text] = False
    return [] if _versions[text] else [say("{value} is no version as PEP 440 writes it", value=text)]


def specifier_faults(text: str) -> list[str]:
    """Gives what is wrong with a range of versions."""
    if text not in _specifiers:
        try:
            SpecifierSet(text)
            _specifiers[text] = True
        except InvalidSpecifier:
            _specifiers[text] = False
    return [] if _specifiers[text] else [say("{value} is no range of versions", value=text)]


def _names(names: tuple[str, ...]) -> list[str]:
    return [say("{value} is not a name as the index writes it", value=each) for each in names if canonicalize_name(each) != each]


def _named(row: BuildFact) -> str:
    return f"{row.version} {row.build} {','.join(row.platforms)}"
