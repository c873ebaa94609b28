"""Pins broken: what installed distributions require against what is installed, markers evaluated for the environment itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from drivetrain.audit.pin_causes import cause_of, cause_of_missing
from drivetrain.audit.rule import WHOLE, Context, Rule
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
        elif pin.installed is not None:
            yield _conflict(pin, pin.installed)
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


def _conflict(pin: Pin, child: Installed) -> Outcome:
    from packaging.requirements import Requirement

    return RULE.found(
        pin.name,
        say(
            "{parent} {version} requires {requirement}, installed is {installed}",
            parent=pin.parent.name,
            version=pin.parent.version,
            requirement=pin.requirement,
            installed=child.version,
        ),
        (
            Evidence(path=f"{pin.parent.path}/METADATA", text=f"Requires-Dist: {pin.requirement}"),
            Evidence(path=child.path, text=f"{child.name} {child.version}"),
        ),
        (
            Fix(
                says=say("install {requirement}, as {parent} requires", requirement=pin.requirement, parent=pin.parent.name),
                edit=Edit(require=(pin.requirement,)),
            ),
        ),
        cause=cause_of(pin.parent, Requirement(pin.requirement), child),
    )


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
