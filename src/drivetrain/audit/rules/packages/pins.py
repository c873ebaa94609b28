"""Pins broken: what installed distributions require against what is installed, markers evaluated for the environment itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from drivetrain.audit.pin_causes import cause_of, cause_of_missing
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.audit.shared_pins import joined
from drivetrain.catalogue.relations.markers import marker_environment, satisfies
from drivetrain.catalogue.relations.plain_requirements import plain_requirement, plainly_holds
from drivetrain.formats.dist_info import normalised
from drivetrain.formats.wheel_tags import arch_of
from drivetrain.model.catalogue import Requirement as Plain
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_MOST_TOLD = 4
_SOURCES = ("https://packaging.python.org/en/latest/specifications/dependency-specifiers/",)


class Pin(Struct, frozen=True, kw_only=True):
    """One requirement that applies here and does not hold, or cannot be judged."""

    parent: Installed
    requirement: str
    name: str
    installed: Installed | None
    told: bool = True


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.python is None:
        yield RULE.unknown(WHOLE, say("the environment's Python version is not known, and requirements depend on it"))
        return
    broken = list(_broken(context))
    for pin in broken:
        if not pin.told:
            yield RULE.unknown(
                pin.parent.name,
                say(
                    "{parent} {version} requires {requirement}, which cannot be judged",
                    parent=pin.parent.name,
                    version=pin.parent.version,
                    requirement=pin.requirement,
                ),
            )
    yield from _conflicts(pin for pin in broken if pin.told)
    missing = [pin for pin in broken if pin.told and pin.installed is None]
    if environment.inherits and missing:
        names = ", ".join(sorted({pin.name for pin in missing}))
        yield RULE.unknown(WHOLE, say("required and not in this environment, perhaps outside it: {names}", names=names), cause="dependency-missing")
    else:
        yield from _missing(missing, environment.platform)
    if not broken:
        yield RULE.clear(WHOLE, say("the requirements of {count} distributions are met", count=len(environment.installed)))


def _broken(context: Context) -> Iterator[Pin]:
    environment = context.environment
    by_name = {one.name: one for one in environment.installed}
    variables = dict(marker_environment(environment.platform, _arch(context), environment.python or ""))
    waiting = [(one, "") for one in environment.installed]
    waiting += [(by_name[name], extra) for name, extra in _asked_extras(context) if name in by_name]
    seen = {(one.name, extra) for one, extra in waiting}
    while waiting:
        parent, extra = waiting.pop(0)
        for line in parent.requires:
            # Lines of extras that nobody asked for are most of a METADATA: not parsed. cuda-toolkit has 70 lines, of which an extra means two.
            marker = line.partition(";")[2]
            if ("extra" in marker) != bool(extra) or (extra and normalised(extra) not in normalised(marker)):
                continue
            plain = plain_requirement(line)
            holds = plainly_holds(plain.marker, variables, extra) if plain is not None else None
            if holds is False:
                continue
            child = by_name.get(plain.name) if plain is not None else None
            if plain is not None and holds and child is not None and _is_met(plain, child):
                wanted = plain.extras
            else:
                # Only what is not plain, or not met, waits for the whole grammar, which takes 12 ms to load.
                pin, child, wanted = _parsed(parent, line, {**variables, "extra": extra}, by_name)
                if pin is not None:
                    yield pin
            for each in wanted if child else ():
                if child is not None and (child.name, each) not in seen:
                    seen.add((child.name, each))
                    waiting.append((child, each))


def _is_met(plain: Plain, child: Installed) -> bool:
    try:
        return satisfies(child.version, plain.specifier)
    except InvalidVersion:
        return False


def _parsed(
    parent: Installed, line: str, variables: Mapping[str, str], by_name: Mapping[str, Installed]
) -> tuple[Pin | None, Installed | None, tuple[str, ...]]:
    """Gives what is wrong with a requirement, what is installed for it, and the extras that it asks of that."""
    from packaging.markers import UndefinedComparison
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate(dict(variables)):
            return None, None, ()
    except (InvalidRequirement, UndefinedComparison, RecursionError):
        return Pin(parent=parent, requirement=line, name="", installed=None, told=False), None, ()
    name = normalised(requirement.name)
    child = by_name.get(name)
    return _judged(parent, requirement, name, child), child, tuple(requirement.extras)


def _judged(parent: Installed, requirement: Requirement, name: str, child: Installed | None) -> Pin | None:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    stated = f"{requirement.name}{extras}{requirement.specifier}"
    if child is None:
        if parent.installer == "conda":
            return None  # conda's own packages decide what it needs; many have no dist-info under the name that METADATA gives.
        return Pin(parent=parent, requirement=stated, name=name, installed=None)
    if child.installer == "conda" and child.path.startswith("conda-meta/"):
        return None
    try:
        version = Version(child.version)
    except InvalidVersion:
        return Pin(parent=parent, requirement=stated, name=name, installed=child, told=False)
    return None if requirement.specifier.contains(version, prereleases=True) else Pin(parent=parent, requirement=stated, name=name, installed=child)


def _asked_extras(context: Context) -> Iterator[tuple[str, str]]:
    """Gives (distribution, extra) pairs that its owner asked for, or that drivetrain's plan added."""
    for package in context.plan.packages if context.plan else ():
        yield from ((package.name, extra) for extra in package.extras)
    if not context.environment.requirements:
        return
    from packaging.requirements import InvalidRequirement, Requirement

    for text in context.environment.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        yield from ((normalised(requirement.name), extra) for extra in requirement.extras)


def _arch(context: Context) -> str:
    tagged = next((arch for one in context.environment.installed for tag in one.tags if (arch := arch_of(tag)) is not None), context.machine.arch)
    return {"arm64": "aarch64"}.get(tagged, tagged)


def _conflicts(pins: Iterable[Pin]) -> Iterator[Outcome]:
    """What one other version clears is told once, whoever requires it: a NumPy that is too new breaks half of an environment."""
    broken = [(pin, pin.installed) for pin in pins if pin.installed is not None]
    if not broken:
        return
    from packaging.requirements import Requirement

    groups: dict[tuple[str, str | None], list[list[Pin]]] = {}
    for pin, installed in broken:
        known = groups.setdefault((pin.name, cause_of(pin.parent, Requirement(pin.requirement), installed)), [])
        group = next((each for each in known if joined(one.requirement for one in (*each, pin))), None)
        if group is None:
            known.append([pin])
        else:
            group.append(pin)
    for (name, cause), several in groups.items():
        for group in several:
            yield RULE.found(name, _says(group), _evidence(group), (_fix(group),), cause=cause)


def _says(pins: list[Pin]) -> str:
    texts = [say("{parent} {version} requires {requirement}", parent=pin.parent.name, version=pin.parent.version, requirement=pin.requirement) for pin in pins]
    names = say(", ").join(texts[:_MOST_TOLD])
    installed = pins[0].installed.version if pins[0].installed is not None else ""
    if len(texts) > _MOST_TOLD:
        return say("{names} and {count} more; installed is {installed}", names=names, count=len(texts) - _MOST_TOLD, installed=installed)
    return say("{names}, installed is {installed}", names=names, installed=installed)


def _evidence(pins: list[Pin]) -> Iterator[Evidence]:
    yield from (Evidence(path=f"{pin.parent.path}/METADATA", text=f"Requires-Dist: {pin.requirement}") for pin in pins)
    if (child := pins[0].installed) is not None:
        yield Evidence(path=child.path, text=f"{child.name} {child.version}")


def _fix(pins: list[Pin]) -> Fix:
    requirement = (joined(pin.requirement for pin in pins) if len(pins) > 1 else None) or pins[0].requirement
    names = list(dict.fromkeys(pin.parent.name for pin in pins))
    says = (
        say("install {requirement}, as {parent} requires", requirement=requirement, parent=names[0])
        if len(names) == 1
        else say("install {requirement}, as these {count} require", requirement=requirement, count=len(names))
    )
    return Fix(says=says, edit=Edit(require=(requirement,)))


def _missing(pins: list[Pin], platform: str) -> Iterator[Outcome]:
    by_parent: dict[tuple[str, str], list[Pin]] = {}
    for pin in pins:
        by_parent.setdefault((pin.parent.name, cause_of_missing(pin.name, platform)), []).append(pin)
    for (parent, cause), several in by_parent.items():
        first = several[0].parent
        names = ", ".join(pin.name for pin in several)
        yield RULE.found(
            parent,
            say("{parent} {version} requires {names}: not installed", parent=parent, version=first.version, names=names),
            [Evidence(path=f"{first.path}/METADATA", text=f"Requires-Dist: {pin.requirement}") for pin in several],
            (_fix_of_missing(parent, cause, several),),
            cause=cause,
        )


def _fix_of_missing(parent: str, cause: str, pins: list[Pin]) -> Fix:
    if cause == "triton-not-available-on-windows":
        return Fix(says=say("install triton-windows, which others build for Windows, or use WSL2"), edit=Edit(require=("triton-windows",)), safety="unsafe")
    return Fix(says=say("install what {parent} requires", parent=parent), edit=Edit(require=tuple(pin.requirement for pin in pins)))


RULE = Rule(cause="dependency-pin-conflict", severity="error", check=_check, sources=_SOURCES)
