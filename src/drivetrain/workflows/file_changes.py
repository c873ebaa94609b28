"""Shows a way out of a refusal as a diff of the files that asked: what `patch` makes of it can be planned, and somebody can read it before."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.places import place_at
from drivetrain.catalogue.relations.markers import marker_environment, marker_holds
from drivetrain.errors import DrivetrainError
from drivetrain.formats.alteration import Alteration, Altered
from drivetrain.formats.altered_file import altered_text
from drivetrain.formats.draft import Kind
from drivetrain.formats.file_kind import kind_of, request_file
from drivetrain.formats.requirements import wish_of
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Package, Plan, Refusal, Relaxation
from drivetrain.model.request import Request, Wish
from drivetrain.workflows.asking import text_of


def with_diffs(refusal: Refusal, request: Request, machine: Machine, facts: Catalogue) -> Refusal:
    """Gives the refusal whose ways out show what changes in the request's files; nothing where no file asked for it, or a lock did."""
    if not any(each.origin for each in request.wishes):
        return refusal
    return replace(refusal, relaxations=tuple(replace(each, diff=_diff(each, request, machine, facts)) for each in refusal.relaxations))


def _diff(way: Relaxation, request: Request, machine: Machine, facts: Catalogue) -> str:
    """All or nothing: half of a change would be another change."""
    if way.plan.engine != "pip" or way.change.accelerator or way.change.os:
        return ""
    files: dict[str, list[tuple[Wish, int]]] = {}
    for wish in (*request.wishes, *request.constraints):
        file, _, line = wish.origin.rpartition(":")
        if file and line.isdigit() and _holds(wish, way.plan, machine):
            files.setdefault(file, []).append((wish, int(line)))
    found = [text for file, wishes in files.items() if (text := _diff_of(file, wishes, way, request, facts)) != ""]
    return "" if None in found else "".join(each or "" for each in found)


def _diff_of(file: str, wishes: list[tuple[Wish, int]], way: Relaxation, request: Request, facts: Catalogue) -> str | None:
    try:
        text = text_of(file)
        kind = kind_of(file, text)
        plain = Path(file).expanduser().read_bytes().decode("utf-8") == text
    except (DrivetrainError, OSError, UnicodeError):
        return None
    alterations = tuple(_alterations(wishes, kind, way, facts))
    if not alterations:
        return ""
    if not plain:
        return None
    altered = _only_for(_addresses(text, [wish for wish, _ in wishes], way.plan, request, facts), alterations)
    new = altered_text(kind, text, altered)
    return None if new is None or _still_asks(kind, file, new, alterations) else unified(_shown(file), text, new)


def _still_asks(kind: Kind, file: str, new: str, alterations: tuple[Alteration, ...]) -> bool:
    """In conda's files the build of another package may say again what was taken out: `pytorch=1.12.1=py3.9_cuda11.3_0`."""
    gone = {each.name for each in alterations if not each.instead}
    if kind != "environment" or not gone:
        return False
    return any(each.name in gone for each in request_file(file, new, text_of).wishes)


def _shown(file: str) -> str:
    """The file as it is named from here, so that `patch -p0` finds it."""
    path = os.path.relpath(Path(file).expanduser()) if Path(file).expanduser().is_absolute() else file
    return file if path.startswith("..") else path.replace("\\", "/")


def unified(name: str, old: str, new: str) -> str:
    """Gives the unified diff of a text."""
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), name, name, n=1)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _holds(wish: Wish, plan: Plan, machine: Machine) -> bool:
    return not wish.marker or marker_holds(wish.marker, marker_environment(machine.os.family, machine.arch, plan.python))


def _alterations(wishes: list[tuple[Wish, int]], kind: Kind, way: Relaxation, facts: Catalogue) -> Iterator[Alteration]:
    required = {each.name: each for each in map(wish_of, way.change.require)}
    dropped = {wish_of(each).name for each in way.change.drop}
    moved = _moved(wishes, kind, required, facts)
    for wish, line in wishes:
        name = _planned_as(wish.name, facts)
        package = way.plan.package(name)
        if wish.name == "python":
            if _python_changes(wish, way.change, required):
                yield Alteration(
                    line=line, name="python", instead="python", specifier=f">={way.plan.python}" if kind == "pyproject" else f"=={way.plan.python}"
                )
        elif wish.name in dropped or (wish.is_component and moved):
            yield Alteration(line=line, name=wish.name)
        elif wish.is_component and wish.name in required:
            yield Alteration(line=line, name=wish.name, instead=wish.name, specifier=required[wish.name].specifier)
        elif (name in required or wish.name in required or name in moved) and package is not None:
            asked = required.get(name, required.get(wish.name, wish))
            extras, specifier = _extras(wish, package, facts), _specifier(asked, package)
            yield Alteration(line=line, name=wish.name, instead=name, extras=extras, specifier=specifier, url=wish.url)


def _python_changes(wish: Wish, change: Change, required: dict[str, Wish]) -> bool:
    return wish.is_component and (bool(change.python) or "python" in required)


def _moved(wishes: list[tuple[Wish, int]], kind: Kind, required: dict[str, Wish], facts: Catalogue) -> frozenset[str]:
    """In conda's files a framework brings its companions and its CUDA along: they move together."""
    if kind != "environment":
        return frozenset()
    frameworks = {framework.name for name in required if (framework := facts.framework(name) or facts.framework_of_companion(name)) is not None}
    names = {_planned_as(wish.name, facts) for wish, _ in wishes}
    return frozenset(name for name in names if (framework := facts.framework(name) or facts.framework_of_companion(name)) and framework.name in frameworks)


def _planned_as(name: str, facts: Catalogue) -> str:
    framework = facts.framework(name)
    return framework.distribution if framework and name not in framework.kept_names else name


def _extras(wish: Wish, package: Package, facts: Catalogue) -> tuple[str, ...]:
    """The extras that bring CUDA are the plan's, the others stay."""
    return package.extras or (() if facts.framework(package.name) else wish.extras)


def _specifier(asked: Wish, package: Package) -> str:
    if package.local and "+" not in package.version:
        return f"=={package.version}+{package.local}"
    return asked.specifier if asked.specifier and not asked.url else f"=={package.version}"


def _addresses(text: str, wishes: list[Wish], plan: Plan, request: Request, facts: Catalogue) -> Altered:
    """Indexes that hold one build are exchanged for those of the plan's build; an index that a build needs is added where the file names none."""
    urls = dict.fromkeys((*request.indexes, *(each.index for each in wishes if each.index)))
    addresses: list[tuple[str, str]] = []
    added: list[tuple[str, str]] = []
    for framework in facts.frameworks:
        package = plan.package(framework.distribution)
        if framework.wheel_index is None or package is None or not package.build:
            continue
        for url in urls:
            place = place_at(url, facts.frameworks)
            if place and place.name == framework.wheel_index[0] and place.label not in ("", package.build) and url in text:
                addresses.append((url, url.replace(f"/{place.label}", f"/{package.build}")))
        if package.local and not any(new.rstrip("/").endswith(package.build) for _, new in addresses):
            needed = framework.wheel_index[1].replace("{build}", package.build)
            names = (framework.distribution, *framework.companions)
            added += [(each.name, needed) for each in plan.packages if each.name in names and each.local and needed not in text]
    return Altered(alterations=(), addresses=tuple(addresses), added=tuple(added))


def _only_for(altered: Altered, alterations: tuple[Alteration, ...]) -> Altered:
    """Leaves the indexes alone where no distribution that comes from one changes."""
    names = {each.instead for each in alterations}
    return replace(altered, alterations=alterations, added=tuple(each for each in altered.added if each[0] in names))
