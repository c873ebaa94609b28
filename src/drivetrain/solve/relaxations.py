"""Finds the smallest changes of target or request under which a refused request is served, by planning each of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue import drivers
from drivetrain.catalogue.relations.markers import matches_prefix
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import Driver, Machine, OperatingSystem
from drivetrain.model.plan import Change, Plan, Reason, Relaxation
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner, least_driver
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import driver_fits, is_bound, text_of, without_cuda
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
    pins = _fewest_pins(sieve, asked, request, machine, plan)
    if pins is not None:
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
    os = machine.os
    if os.family == "windows":
        inside = structs.replace(machine, os=OperatingSystem(family="linux", name="WSL2", wsl="2"), pythons=None, described=True, indexes=())
        yield Change(os="wsl2"), say("inside WSL2 the same request is served"), request, inside
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
    for wish in request.wishes:
        if is_bound(wish):
            kept = tuple(each for each in request.wishes if each is not wish)
            yield (
                Change(drop=(text_of(wish),)),
                say("without {wish}", wish=text_of(wish)),
                structs.replace(request, wishes=kept),
                machine,
            )
    if sieve.target.accelerator == "cuda":
        plain, dropped = without_cuda(request)
        yield Change(accelerator="cpu", drop=dropped), say("without the GPU"), plain, machine


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


def _fewest_pins(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner) -> Relaxation | None:
    """Loosens every pin, then puts back one after the other as long as a stack remains: what stays loose is what must change."""
    components = ("python", "cuda", "cudnn") if sieve.target.accelerator == "cuda" else ("python",)
    pinned = [
        wish
        for wish in request.wishes
        if wish.specifier and not wish.url and (wish.name in components if wish.is_component else sieve.canonical(wish.name) in asked)
    ]
    if not pinned:
        return None
    fetching = structs.replace(request, fetch_python=True)
    variants = (request, fetching, structs.replace(fetching, engine="conda")) if request.engine == "auto" else (request, fetching)
    for base in variants:
        loose = {id(wish) for wish in pinned}
        best = plan(_loosened(base, loose), machine)
        if not isinstance(best, Plan):
            continue
        # A pin of CUDA or cuDNN was meant for the framework's release: where that one must change, its own CUDA and cuDNN are taken.
        for wish in sorted(pinned, key=lambda each: each.is_component):
            if len(pinned) == 1 or (wish.name in ("cuda", "cudnn") and any(id(each) in loose for each in pinned if not each.is_component)):
                continue
            fewer = loose - {id(wish)}
            answer = plan(_loosened(base, fewer), machine)
            if isinstance(answer, Plan):
                loose, best = fewer, answer
        changed = tuple(_instead(wish, best, sieve.canonical(wish.name)) for wish in pinned if id(wish) in loose)
        fetched = best.python if base.fetch_python and best.python not in sieve.target.pythons else None
        said = [*changed, *([f"Python {fetched}"] if fetched and f"python=={fetched}" not in changed else [])]
        only_python = len(changed) == 1 and changed[0].startswith("python==")
        return Relaxation(
            change=Change(require=changed, python=fetched, engine="conda" if best.engine == "conda" else None),
            says=say("with Python {python}", python=best.python) if only_python else say("with {changed}", changed=", ".join(said)),
            plan=best,
        )
    return None


def _loosened(request: Request, loose: set[int]) -> Request:
    wishes = tuple(
        structs.replace(wish, specifier="", text=wish.name) if id(wish) in loose else wish
        for wish in request.wishes
        if not (wish.is_component and id(wish) in loose)
    )
    return structs.replace(request, wishes=wishes)


def _instead(wish: Wish, plan: Plan, planned_as: str) -> str:
    """Gives the requirement that the plan satisfies in a wish's place."""
    if wish.name == "python":
        return f"python=={plan.python}"
    if wish.name == "cuda":
        return f"cuda=={plan.cuda.version}" if plan.cuda else "cuda"
    if wish.name == "cudnn":
        return f"cudnn=={plan.cudnn}" if plan.cudnn else "cudnn"
    package = plan.package(planned_as)
    if package is None or (wish.specifier and matches_prefix(package.version, wish.specifier) and "+" not in wish.specifier):
        return wish.text or wish.name
    return f"{planned_as}=={package.version}"


def _dropped(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner) -> Iterator[Relaxation]:
    """The last resort: what works when one thing is left out."""
    for name in asked if len(asked) > 1 else ():
        kept = tuple(wish for wish in request.wishes if wish.is_component or sieve.canonical(wish.name) != name)
        answer = plan(structs.replace(request, wishes=kept), machine)
        if isinstance(answer, Plan):
            yield Relaxation(change=Change(drop=(name,)), says=say("without {name}", name=name), plan=answer)
