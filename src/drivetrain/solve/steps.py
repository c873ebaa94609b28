"""Gives the single changes of a target or a request that could let a refused request be served, least costly to a person first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from msgspec import Struct, structs

from drivetrain.catalogue import drivers
from drivetrain.catalogue.relations.last_driver import last_branch_before
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import Driver, Machine, OperatingSystem
from drivetrain.model.plan import Change
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import chosen_gpus, least_driver, places_of
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import driver_fits, gpus_dropped, is_bound, text_of, unmet_wishes, without, without_cuda
from drivetrain.solve.conda import asks_further, counts_conda
from drivetrain.words import say

MOST_GPUS = 4
"""Kinds of GPU up to which every choice of them is tried."""


class Step(Struct, frozen=True, kw_only=True):
    """One change, and the request and machine that it makes of any others."""

    change: Change
    says: str
    made: Callable[[Request, Machine], tuple[Request, Machine]]


def target_steps(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine) -> Iterator[Step]:
    """Gives the changes that leave what was asked for as it is: sources, Python, system, engine."""
    target, frameworks = sieve.target, sieve.catalogue.frameworks
    if target.accelerator == "cuda" and (dropped := gpus_dropped(request, machine)):
        branch = min((last for _, last in dropped), key=dotted)
        yield _driver_step(branch, machine, say("with driver {driver}, the last branch for this GPU", driver=branch))
    everywhere = structs.replace(request, sources="all")
    if request.sources != "all" and set(places_of(everywhere, machine, frameworks)) - {"conda-forge"} - set(target.places):
        says = say("with what the frameworks publish on their own indexes")
        yield Step(change=Change(sources="all"), says=says, made=lambda asked_for, place: (structs.replace(asked_for, sources="all"), place))
    if machine.pythons is not None and not request.fetch_python:
        says = say("with a Python that is not here yet: --fetch-python")
        yield Step(change=Change(python="any"), says=says, made=lambda asked_for, place: (structs.replace(asked_for, fetch_python=True), place))
    if machine.os.family == "windows":
        says = say("inside WSL2 the same request is served")
        yield Step(change=Change(os="wsl2"), says=says, made=lambda asked_for, place: (asked_for, wsl2(place)))
    if not counts_conda(request, target) and not asks_further(request, asked, sieve.catalogue):
        says = say("with conda instead of pip")
        yield Step(change=Change(engine="conda"), says=says, made=lambda asked_for, place: (structs.replace(asked_for, engine="conda"), place))


def driver_steps(request: Request, machine: Machine) -> tuple[Step, ...]:
    """Gives the drivers that are worth trying, from the lowest on: those that a CUDA needs at all, and those that serve one in full."""
    if not machine.nvidia_gpus:
        return ()
    os, wsl = machine.os.family, machine.os.wsl is not None
    here = machine.driver.version if machine.driver else ""
    wishes = [each for each in request.wishes if is_bound(each) and each.name == "driver"]
    minima = {drivers.minimum_driver(f"{major}.0", os, wsl=wsl) for major in (11, 12, 13)} | {least_driver(request)}
    minima |= {drivers.full_driver(release, os, wsl=wsl) for release in drivers.known_releases(os, wsl=wsl)}
    chips = {gpu.compute_capability for gpu in chosen_gpus(request, machine)} - {None}
    worth = [
        each
        for each in sorted(filter(None, minima), key=dotted)
        if not (here and at_least(here, each))
        and all(driver_fits(each, wish.specifier) for wish in wishes)
        and not any(last_branch_before(each, chip) for chip in chips if chip)
    ]
    return tuple(_driver_step(each, machine, say("with driver {driver} or newer", driver=each)) for each in worth)


def _driver_step(version: str, machine: Machine, says: str) -> Step:
    other = Driver(version=version, cuda=drivers.ceiling(version, machine.os.family, wsl=machine.os.wsl is not None), source="described")
    return Step(change=Change(driver=version), says=says, made=lambda asked_for, place: (asked_for, structs.replace(place, driver=other)))


def further_steps(sieve: Sieve, request: Request, machine: Machine, causes: set[str]) -> Iterator[Step]:
    """Gives the changes that give something up: a GPU, a constraint, a wish for a component, the GPU altogether."""
    bound = [each for each in request.wishes if is_bound(each)]
    if request.accelerator == "auto" and sieve.target.accelerator == "cpu" and any(each.name in ("cuda", "cudnn") for each in bound):
        says = say("with CUDA all the same, which nothing here can use yet")
        yield Step(change=Change(accelerator="cuda"), says=says, made=lambda asked_for, place: (structs.replace(asked_for, accelerator="cuda"), place))
    yield from _fewer_gpus(request, machine)
    yield from _without_constraints(request, causes)
    yield from _by_other_names(sieve, request)
    unmet = unmet_wishes(request, sieve.target, machine)
    for dropped in (unmet,) if unmet else tuple((wish,) for wish in bound):
        texts = tuple(text_of(each) for each in dropped)
        # The wishes are bound here: the loop goes on before the step is taken.
        yield Step(
            change=Change(drop=texts),
            says=say("without {wish}", wish=", ".join(texts)),
            made=lambda asked_for, place, gone=dropped: (without(asked_for, gone), place),  # type: ignore[misc]
        )
    if sieve.target.accelerator == "cuda":
        _, components = without_cuda(request)
        yield Step(
            change=Change(accelerator="cpu", drop=components), says=say("without the GPU"), made=lambda asked_for, place: (without_cuda(asked_for)[0], place)
        )


def _by_other_names(sieve: Sieve, request: Request) -> Iterator[Step]:
    """Gives the names under which others build for this system what has no wheel for it."""
    for wish in request.wishes:
        companion = sieve.catalogue.companion(wish.name)
        other = dict(companion.instead).get(sieve.target.os) if companion else None
        if other is not None:
            yield Step(
                change=Change(require=(other,), drop=(wish.name,)),
                says=say("with {other} in place of {name}", other=other, name=wish.name),
                made=lambda asked_for, place, old=wish, new=other: (_renamed(asked_for, old, new), place),  # type: ignore[misc]
            )


def _renamed(request: Request, wish: Wish, name: str) -> Request:
    """Gives the request with one wish under another name, of any version."""
    return structs.replace(request, wishes=tuple(Wish(name=name) if each == wish else each for each in request.wishes))


def wsl2(machine: Machine) -> Machine:
    """Gives the machine as a distribution inside its WSL2 has it."""
    return structs.replace(machine, os=OperatingSystem(family="linux", name="WSL2", wsl="2"), pythons=None, described=True, indexes=())


def _fewer_gpus(request: Request, machine: Machine) -> Iterator[Step]:
    """Gives the choices of some kinds of GPU, those that leave out fewest first."""
    counted = [(index, gpu) for index, gpu in enumerate(machine.nvidia_gpus) if request.gpus is None or index in request.gpus]
    kinds = tuple(dict.fromkeys(gpu.compute_capability for _, gpu in counted))
    for count in range(1, len(kinds)) if len(kinds) <= MOST_GPUS else (1,):
        for left_out in combinations(kinds, count):
            kept = tuple(index for index, gpu in counted if gpu.compute_capability not in left_out)
            names = ", ".join(dict.fromkeys(gpu.name for _, gpu in counted if gpu.compute_capability in left_out))
            yield Step(
                change=Change(gpus=kept),
                says=say("without {gpus}", gpus=names),
                made=lambda asked_for, place, some=kept: (structs.replace(asked_for, gpus=some), place),  # type: ignore[misc]
            )


def _without_constraints(request: Request, causes: set[str]) -> Iterator[Step]:
    """A constraint is nobody's wish: one that rules out everything is named, with what there is without it."""
    for constraint in request.constraints if "constraint-of-configuration" in causes else ():
        kept = tuple(each for each in request.constraints if each is not constraint)
        says = say("without the constraint {constraint} of {origin}", constraint=text_of(constraint), origin=constraint.origin or say("the request"))
        yield Step(
            change=Change(drop=(text_of(constraint),)),
            says=says,
            made=lambda asked_for, place, some=kept: (structs.replace(asked_for, constraints=some), place),  # type: ignore[misc]
        )
