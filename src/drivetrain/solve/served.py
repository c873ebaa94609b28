"""Distributions that compute with a framework although their metadata requires none: the framework comes along, and the extra that they need beside it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.build import Framework, Served
from drivetrain.model.plan import Finding
from drivetrain.model.request import Request, Wish
from drivetrain.words import say

ORIGIN = "comes along"
"""Of a wish that nobody typed."""


def with_frameworks(wishes: tuple[Wish, ...], catalogue: Catalogue) -> tuple[Wish, ...]:
    """Adds the default framework of what computes with one, where none that it can compute with was asked for."""
    added: dict[str, Wish] = {}
    for wish in wishes:
        servers = list(servers_of(wish.name, catalogue)) if not wish.is_component and not wish.url else []
        if any(_serves(wish, framework, served, wishes, catalogue) for framework, served in servers):
            continue
        default = next((framework for framework, served in servers if served.by_default), None)
        if default is not None:
            added[default.distribution] = Wish(name=default.distribution, text=default.distribution, marker=wish.marker, origin=ORIGIN)
    return (*wishes, *added.values())


def servers_of(name: str, catalogue: Catalogue) -> Iterator[tuple[Framework, Served]]:
    """Gives the frameworks that a distribution can compute with."""
    for framework in catalogue.frameworks:
        for served in framework.serves:
            if served.name == name:
                yield framework, served


def brought_along(request: Request, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Says which framework comes along, for what, and which others would do."""
    found = []
    typed = tuple(each for each in request.wishes if each.origin != ORIGIN)
    for wish in typed:
        if any(_serves(wish, framework, served, typed, catalogue) for framework, served in servers_of(wish.name, catalogue)):
            continue
        for framework, served in servers_of(wish.name, catalogue):
            if served.by_default and any(each.name == framework.distribution and each.origin == ORIGIN for each in request.wishes):
                others = [
                    each.distribution for each, other in servers_of(wish.name, catalogue) if each is not framework and _has_release(wish, other, catalogue)
                ]
                named = {"framework": framework.distribution, "name": wish.name}
                says = (
                    say("{framework} comes along, since {name} computes with it; {others} would do as well", **named, others=", ".join(others))
                    if others
                    else say("{framework} comes along, since {name} computes with it", **named)
                )
                found.append(Finding(cause="framework-comes-along", says=says))
    return tuple(found)


def extras_beside(name: str, request: Request, catalogue: Catalogue) -> tuple[str, ...]:
    """Gives the extras by which a distribution brings what it needs beside the frameworks that were asked for."""
    return tuple(served.extra for framework, served in servers_of(name, catalogue) if served.extra and is_asked(framework, request.wishes))


def _serves(wish: Wish, framework: Framework, served: Served, wishes: tuple[Wish, ...], catalogue: Catalogue) -> bool:
    return is_asked(framework, wishes) and _has_release(wish, served, catalogue)


def _has_release(wish: Wish, served: Served, catalogue: Catalogue) -> bool:
    """Tells whether some release that is asked for can compute with the framework."""
    if not served.versions:
        return True
    versions = (each.version for each in catalogue.releases(wish.name))
    return any(satisfies(version, served.versions) and (not wish.specifier or satisfies(version, wish.specifier)) for version in versions)


def is_asked(framework: Framework, wishes: tuple[Wish, ...]) -> bool:
    """Tells whether a framework was asked for, under whatever name."""
    names = {framework.distribution, framework.name, *framework.kept_names, *dict(framework.renamed), *dict(framework.parts)}
    return any(each.name in names for each in wishes)
