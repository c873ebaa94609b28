"""Plans a stack of which every package comes from conda-forge, and says why where pip was tried first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.conda import PLACE
from drivetrain.model.build import Target
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Reason
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import pythons_of
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.optimum import Joint, Stack, best_stack
from drivetrain.words import say

Found = tuple[Stack, Joint] | None


def counts_conda(request: Request, target: Target) -> bool:
    """Tells whether a stack may come from conda-forge altogether."""
    return request.engine == "conda" or (request.engine == "auto" and PLACE in target.places)


def stack_of_engine(sieve: Sieve, asked: tuple[str, ...], machine: Machine) -> Found:
    """Gives the best stack of the engine that is asked for; with `auto` wheels where they have one, else wheels with conda's libraries, else all from conda."""
    request, target, catalogue = sieve.request, sieve.target, sieve.catalogue
    if request.engine == "conda":
        whole = conda_stack(request, target, machine, catalogue, asked)
        mixed = best_stack(sieve, asked) if whole is None else None
        return whole or (mixed if mixed is not None and uses_conda(mixed) else None)
    found = best_stack(sieve, asked)
    if not counts_conda(request, target):
        return found
    if found is not None:
        return (best_stack(without_conda(sieve), asked) or found) if uses_conda(found) else found
    return None if _binds(catalogue, asked) else conda_stack(request, target, machine, catalogue, asked)


def without_conda(sieve: Sieve) -> Sieve:
    """Gives the sieve of the same request where conda-forge does not count."""
    target = sieve.target
    return Sieve(sieve.request, structs.replace(target, places=tuple(each for each in target.places if each != PLACE)), sieve.catalogue)


def _binds(catalogue: Catalogue, asked: tuple[str, ...]) -> bool:
    """Tells whether a companion with compiled code was asked for: of those on conda-forge the catalogue knows nothing."""
    return any(row is not None and (row.compiled or row.source or row.instead) for row in map(catalogue.companion, asked))


def conda_stack(request: Request, target: Target, machine: Machine, catalogue: Catalogue, asked: tuple[str, ...]) -> Found:
    """Gives the best stack of conda-forge's builds; None where its recipes have none, or lack something that must be planned.

    Distributions that are no frameworks (torchvision, numpy) are left to conda: the catalogue has no facts of their packages there.
    """
    planned = tuple(name for name in asked if catalogue.framework(name) is not None)
    if not planned or any(name not in catalogue.conda_builds for name in planned):
        return None
    if request.engine == "auto" and asks_further(request, planned, catalogue):
        return None
    bounds = (*request.constraints, *_bounds_of_the_rest(catalogue, frozenset(asked) - frozenset(planned), planned))
    sieve = conda_sieve(structs.replace(request, constraints=bounds), target, machine, catalogue)
    return best_stack(sieve, planned)


def _bounds_of_the_rest(catalogue: Catalogue, rest: frozenset[str], planned: tuple[str, ...]) -> Iterator[Wish]:
    """Gives what holds whichever version conda takes of what is left to it: the frameworks from which on no version of it works."""
    for each in catalogue.breaks:
        if each.distribution in rest and each.other in planned and each.versions == ">=0" and each.other_versions.startswith(">="):
            yield Wish(name=each.other, specifier=each.other_versions.replace(">=", "<"), origin=each.distribution)


def asks_further(request: Request, planned: tuple[str, ...], catalogue: Catalogue) -> bool:
    """Tells whether a version is asked of something that is left to conda: whether it has that, nobody here knows."""
    frameworks = {each.name for name in planned if (each := catalogue.framework(name)) is not None}
    bound = [each for each in request.wishes if (each.specifier or each.url) and not each.is_component]
    return any((framework := catalogue.framework(each.name)) is None or framework.name not in frameworks for each in bound)


def conda_sieve(request: Request, target: Target, machine: Machine, catalogue: Catalogue) -> Sieve:
    """Gives the sieve of a target whose packages all come from conda-forge, Python among them: every one that it has may be chosen."""
    pythons = pythons_of(structs.replace(request, fetch_python=True), machine)
    return Sieve(request, structs.replace(target, places=(PLACE,), pythons=pythons), catalogue)


def uses_conda(found: tuple[Stack, Joint]) -> bool:
    """Tells whether some package of a stack comes from conda-forge."""
    return any(candidate.build.place == PLACE for _, candidate in found[0].picks)


def engine_reason(refused: tuple[Reason, ...]) -> Reason:
    """Says why conda is taken: what stands in the way of pip."""
    first = refused[0]
    return Reason(
        cause=first.cause,
        about="conda",
        says=say("pip has no stack: {why}", why=first.says),
        sources=first.sources,
        because=(*first.because, *refused[1:]),
    )
