"""Finds the smallest changes of target or request under which a refused request is served, by planning each of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue import drivers
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import Driver, Machine, OperatingSystem
from drivetrain.model.plan import Change, Plan, Reason, Relaxation
from drivetrain.model.request import Request
from drivetrain.solve.aim import Planner, least_driver
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import driver_fits, is_bound, text_of, unmet_wishes, without, without_cuda
from drivetrain.solve.fewest_pins import fewest_pins
from drivetrain.words import say

MOST = 5
"""Ways out that are shown; the search stops when it has so many."""


def relaxations_of(
    sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, reasons: tuple[Reason, ...], plan: Planner
) -> tuple[Relaxation, ...]:
    """Gives the ways out, each planned, those that change the target least intrusively first."""
    found: list[Relaxation] = []
    for change, says, changed_request, changed_machine in _single_changes(sieve, request, machine, reasons):
        answer = plan(changed_request, changed_machine)
        if isinstance(answer, Plan) and not (change.driver and any(each.change.driver and _same_stack(each.plan, answer) for each in found)):
            named = structs.replace(change, python=answer.python) if change.python else change
            found.append(Relaxation(change=named, says=says, plan=answer))
        if len(found) >= MOST:
            break
    inside = ((Change(os="wsl2"), request, _wsl2(machine)),) if machine.os.family == "windows" else ()
    pins = fewest_pins(sieve, asked, request, machine, plan, elsewhere=inside)
    # One that changes a target as well is worth naming only where nothing simpler was found.
    if pins is not None and not (found and (pins.change.accelerator or pins.change.os or pins.change.drop)):
        place = sum(1 for each in found if each.change.os or each.change.sources or each.change.python)
        found.insert(place, pins)
    if len(found) < MOST:
        found.extend(_dropped(sieve, asked, request, machine, plan))
    return tuple(found[:MOST])


def _same_stack(one: Plan, other: Plan) -> bool:
    """Tells whether a still newer driver changes nothing of what was asked for."""
    return [(each.name, each.version) for each in one.packages if each.requested] == [(each.name, each.version) for each in other.packages if each.requested]


def _single_changes(sieve: Sieve, request: Request, machine: Machine, reasons: tuple[Reason, ...]) -> Iterator[tuple[Change, str, Request, Machine]]:
    causes = {cause for reason in reasons for cause in _causes(reason)}
    if machine.os.family == "windows":
        yield Change(os="wsl2"), say("inside WSL2 the same request is served"), request, _wsl2(machine)
    if request.sources != "all" and "source-not-counted" in causes:
        yield Change(sources="all"), say("with what the frameworks publish on their own indexes"), structs.replace(request, sources="all"), machine
    if machine.pythons is not None and not request.fetch_python:
        yield Change(python="any"), say("with a Python that is not here yet: --fetch-python"), structs.replace(request, fetch_python=True), machine
    if machine.nvidia_gpus and causes & {"driver-too-old-for-cuda", "ptx-jit-impossible", "no-nvidia-driver"}:
        yield from _newer_drivers(request, machine, in_full="ptx-jit-impossible" in causes)
    if (
        request.accelerator == "auto"
        and sieve.target.accelerator == "cpu"
        and any(is_bound(each) and each.name in ("cuda", "cudnn") for each in request.wishes)
    ):
        says = say("with CUDA all the same, which nothing here can use yet")
        yield Change(accelerator="cuda"), says, structs.replace(request, accelerator="cuda"), machine
    yield from _fewer_gpus(request, machine)
    yield from _without_constraints(request, machine, causes)
    unmet = unmet_wishes(request, sieve.target, machine)
    for dropped in (unmet,) if unmet else tuple((wish,) for wish in request.wishes if is_bound(wish)):
        texts = tuple(text_of(each) for each in dropped)
        yield Change(drop=texts), say("without {wish}", wish=", ".join(texts)), without(request, dropped), machine
    if sieve.target.accelerator == "cuda":
        plain, components = without_cuda(request)
        yield Change(accelerator="cpu", drop=components), say("without the GPU"), plain, machine


def _wsl2(machine: Machine) -> Machine:
    return structs.replace(machine, os=OperatingSystem(family="linux", name="WSL2", wsl="2"), pythons=None, described=True, indexes=())


def _causes(reason: Reason) -> Iterator[str]:
    yield reason.cause
    for each in reason.because:
        yield from _causes(each)


def _newer_drivers(request: Request, machine: Machine, *, in_full: bool) -> Iterator[tuple[Change, str, Request, Machine]]:
    """Gives the drivers that a CUDA needs at all, and those that serve one in full, from the lowest on."""
    os, wsl = machine.os.family, machine.os.wsl is not None
    here = machine.driver.version if machine.driver else ""
    wishes = [each for each in request.wishes if is_bound(each) and each.name == "driver"]
    minima = {drivers.minimum_driver(f"{major}.0", os, wsl=wsl) for major in (11, 12, 13)} | {least_driver(request)}
    if in_full:
        minima |= {drivers.full_driver(release, os, wsl=wsl) for release in drivers.known_releases(os, wsl=wsl)}
    for minimum in sorted(filter(None, minima), key=dotted):
        if (here and at_least(here, minimum)) or not all(driver_fits(minimum, each.specifier) for each in wishes):
            continue
        newer = Driver(version=minimum, cuda=drivers.ceiling(minimum, os, wsl=wsl), source="described")
        says = say("with driver {driver} or newer", driver=minimum)
        yield Change(driver=minimum), says, request, structs.replace(machine, driver=newer)


def _fewer_gpus(request: Request, machine: Machine) -> Iterator[tuple[Change, str, Request, Machine]]:
    counted = [(index, gpu) for index, gpu in enumerate(machine.nvidia_gpus) if request.gpus is None or index in request.gpus]
    capabilities = dict.fromkeys(gpu.compute_capability for _, gpu in counted)
    for left_out in capabilities if len(capabilities) > 1 else ():
        kept = tuple(index for index, gpu in counted if gpu.compute_capability != left_out)
        names = ", ".join(dict.fromkeys(gpu.name for _, gpu in counted if gpu.compute_capability == left_out))
        yield Change(gpus=kept), say("without {gpus}", gpus=names), structs.replace(request, gpus=kept), machine


def _without_constraints(request: Request, machine: Machine, causes: set[str]) -> Iterator[tuple[Change, str, Request, Machine]]:
    """A constraint is nobody's wish: one that rules out everything is named, with what there is without it."""
    for constraint in request.constraints if "constraint-of-configuration" in causes else ():
        kept = tuple(each for each in request.constraints if each is not constraint)
        says = say("without the constraint {constraint} of {origin}", constraint=text_of(constraint), origin=constraint.origin or say("the request"))
        yield Change(drop=(text_of(constraint),)), says, structs.replace(request, constraints=kept), machine


def _dropped(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner) -> Iterator[Relaxation]:
    """The last resort: what works when one thing is left out."""
    for name in asked if len(asked) > 1 else ():
        dropped = tuple(wish for wish in request.wishes if not wish.is_component and sieve.canonical(wish.name) == name)
        answer = plan(without(request, dropped), machine)
        if isinstance(answer, Plan):
            names = tuple(dict.fromkeys(wish.name for wish in dropped))
            yield Relaxation(change=Change(drop=names), says=say("without {name}", name=", ".join(names)), plan=answer)
