"""Holds device code against chips: a CUDA compiles for those that it knows, none that it has dropped, and what was dropped stays dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from drivetrain.catalogue.check.material import Builds, Material
from drivetrain.catalogue.families import family_of
from drivetrain.catalogue.relations.device_code import capability_of
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.dotted import dotted
from drivetrain.model.listing import Fault
from drivetrain.words import say

_COMPILED_WITH = re.compile(r"cu\d{2,3}")


def chip_faults(material: Material) -> Iterator[Fault]:
    """Gives every row whose device code no CUDA of its kind could have made."""
    for builds in material.builds:
        yield from _foreign_targets(material, builds)
    yield from _foreign_code(material)
    yield from _returning_code(material)


def _fault(file: str, row: str, says: str) -> Fault:
    return Fault(file=file, row=row, fault="contradiction", says=says)


def _foreign_targets(material: Material, builds: Builds) -> Iterator[Fault]:
    """A CUDA release compiles for the chips that it knows: none that it has dropped, none that came later."""
    for row in builds.rows:
        for target in row.targets or ():
            # Only a label such as cu128 names the CUDA that compiled it; of the others it may be the lowest that they run with.
            cuda = row.cuda if row.cuda is None or _COMPILED_WITH.fullmatch(row.build) else f"{row.cuda.split('.')[0]}.99"
            if cuda and (says := _impossible(material, target, cuda)):
                yield _fault(builds.file, f"{row.version} {row.build}", says)


def _foreign_code(material: Material) -> Iterator[Fault]:
    for row in material.code:
        family = family_of(row.distribution, "0")
        for library in row.libraries:
            for target, _ in library.sass:
                if family and (says := _dropped(material, target, f"{family}.0")):
                    yield _fault("device_code.json", f"{row.distribution} {row.versions} {library.library}", says)


def _impossible(material: Material, target: str, cuda: str) -> str | None:
    """What a release dropped is dropped for its whole major version (9.0, 11.0, 12.0, 13.0 each dropped some)."""
    known = _architecture(material, target)
    if known and dotted(known[1]) > dotted(cuda):
        return say("CUDA {cuda} cannot compile for {target}, which came with CUDA {first}", cuda=cuda, target=target, first=known[1])
    return _dropped(material, target, cuda)


def _dropped(material: Material, target: str, cuda: str) -> str | None:
    known = _architecture(material, target)
    if known and known[2] and dotted(known[2]) <= dotted(cuda):
        return say("CUDA {cuda} cannot compile for {target}, which CUDA {dropped} dropped", cuda=cuda, target=target, dropped=known[2])
    return None


def _architecture(material: Material, target: str) -> list[str] | None:
    try:
        capability, flavour = capability_of(target)
    except ValueError:
        return None
    rows = {row[0]: row for row in material.gpus.get("architectures", ())}
    return rows.get(f"{capability}{flavour}") or rows.get(capability)


def _returning_code(material: Material) -> Iterator[Fault]:
    """What a document says one release dropped, no later one has, until a binary shows otherwise."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[tuple[str, frozenset[str]]]] = {}
    for row in material.code:
        for library in row.libraries if not row.measured else ():
            key = (row.distribution, library.library, row.platforms)
            groups.setdefault(key, []).append((row.versions, frozenset(target for target, _ in library.sass)))
    for (distribution, named, _), told in groups.items():
        gone: set[str] = set()
        before: frozenset[str] = frozenset()
        for versions, targets in sorted(told, key=lambda each: _lowest(each[0])):
            gone |= before - targets
            for target in sorted(gone & targets):
                says = say("{target} was dropped by an earlier release, and no binary shows that it came back", target=target)
                yield _fault("device_code.json", f"{distribution} {versions} {named}", says)
            before = targets


def _lowest(versions: str) -> tuple[int, ...]:
    try:
        floors = [each.version.removesuffix(".*") for each in SpecifierSet(versions) if each.operator in (">=", ">", "==", "~=")]
    except InvalidSpecifier:
        return ()
    return max((tuple(version_of(each).release) for each in floors), default=())
