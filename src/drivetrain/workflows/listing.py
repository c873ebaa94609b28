"""Lists the versions of one component, with what a target can use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivetrain.errors import UsageError
from drivetrain.model.listing import VersionRow, Versions
from drivetrain.model.machine import Machine
from drivetrain.words import say
from drivetrain.workflows.cache import cache_folder

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.solve.candidates import Sieve


def versions_of(component: str, machine: Machine, cache_dir: str | None = None) -> Versions:
    """Gives every version of a component with the relation that keeps this target from it; raises UsageError for one that is not known."""
    from drivetrain.catalogue.families import is_cudnn, is_runtime
    from drivetrain.formats.requirements import wish_of
    from drivetrain.model.request import Request
    from drivetrain.solve.aim import target_of
    from drivetrain.solve.candidates import Sieve
    from drivetrain.workflows.facts import catalogue_for

    facts = catalogue_for(None, machine, cache_folder(cache_dir), here=not machine.described)
    known = tuple(facts.distributions)
    tests = {"cudnn": is_cudnn, "cuda": is_runtime}
    framework = facts.framework(component)
    names = [each for each in known if tests[component](each)] if component in tests else [framework.distribution if framework else component]
    if not set(names) & set(known):
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(component, (*known, *tests), n=3))
        some = ", ".join((*tests, *(each.distribution for each in facts.frameworks)))
        way = say("the nearest: {names}", names=near) if near else say("for instance: {names}", names=some)
        raise UsageError(say("the catalogue knows no {component}", component=component), way)
    request = Request(wishes=(wish_of(names[0]),), pre=True)
    sieve = Sieve(request, target_of(request, machine, facts.frameworks), facts)
    rows = [row for name in names for row in _rows(sieve, facts, name, several=len(names) > 1)]
    return Versions(component=component, versions=tuple(rows))


def _rows(sieve: Sieve, facts: Catalogue, name: str, *, several: bool) -> list[VersionRow]:
    field = sieve.field(name)
    usable = {each.build.version for each in field.candidates}
    stopped = {each.build.version: each for each in sorted(field.stopped, key=lambda each: each.depth)}
    rows = []
    for release in facts.releases(name):
        reason = stopped[release.version].reason if release.version in stopped and release.version not in usable else None
        rows.append(
            VersionRow(
                version=release.version,
                released=release.released or None,
                source=f"wheel {name}" if several else "wheel",
                usable=True if release.version in usable else False if reason else None,
                says=reason.says if reason else "",
                cause=reason.cause if reason else None,
            )
        )
    return rows
