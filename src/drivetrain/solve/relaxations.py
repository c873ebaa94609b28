"""Finds the smallest changes of target or request under which a refused request is served, by planning each of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from msgspec import structs

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Plan, Reason, Relaxation
from drivetrain.model.request import Request
from drivetrain.solve.aim import Planner
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import without
from drivetrain.solve.conda import asks_further
from drivetrain.solve.fewest_pins import fewest_pins
from drivetrain.solve.steps import Step, driver_steps, further_steps, target_steps, wsl2
from drivetrain.words import say

MOST = 5
"""Ways out that are shown; the search stops when it has so many."""


def relaxations_of(
    sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, reasons: tuple[Reason, ...], plan: Planner
) -> tuple[Relaxation, ...]:
    """Gives the ways out, each planned, those that cost a person least first; several changes at once only where no single one helps."""
    causes = {cause for reason in reasons for cause in _causes(reason)}
    targets = tuple(target_steps(sieve, asked, request, machine))
    found = _planned(targets, request, machine, plan)
    pins = fewest_pins(sieve, asked, request, machine, plan, elsewhere=((Change(os="wsl2"), request, wsl2(machine)),) if machine.os.family == "windows" else ())
    if pins is not None and pins.plan.engine == "conda" and asks_further(request, asked, sieve.catalogue):
        pins = None
    mixed = pins is not None and (pins.change.accelerator or pins.change.os or pins.change.drop)
    if pins is not None and not mixed:
        found.append(pins)
    drivers = driver_steps(request, machine)
    if (driver := _lowest(drivers, request, machine, plan)) is not None:
        found.append(driver)
    further = tuple(further_steps(sieve, request, machine, causes))
    found += _planned(further, request, machine, plan, room=MOST - len(found))
    # One that changes a target as well is worth naming only where nothing simpler was found.
    if pins is not None and mixed and not found:
        found.append(pins)
    if len(found) < MOST:
        found += _dropped(sieve, asked, request, machine, plan)
    return _distinct(found)[:MOST] or tuple(_several(sieve, asked, request, machine, plan, (*targets, *drivers[-1:], *further)))[:MOST]


def _distinct(found: list[Relaxation]) -> tuple[Relaxation, ...]:
    """Two ways of looking may come to one change."""
    first: dict[Change, Relaxation] = {}
    for each in found:
        first.setdefault(each.change, each)
    return tuple(first.values())


def _causes(reason: Reason) -> Iterator[str]:
    yield reason.cause
    for each in reason.because:
        yield from _causes(each)


def _planned(steps: tuple[Step, ...], request: Request, machine: Machine, plan: Planner, room: int = MOST) -> list[Relaxation]:
    """Plans each change; of the choices of GPUs only those that leave out fewest."""
    found: list[Relaxation] = []
    for step in steps:
        if len(found) >= room or any(_is_within(each.change, step.change) for each in found):
            continue
        answer = plan(*step.made(request, machine))
        if isinstance(answer, Plan):
            found.append(_relaxation(step, answer))
    return found


def _is_within(wider: Change, narrower: Change) -> bool:
    """Tells whether a choice of GPUs is part of one that works."""
    return narrower.gpus is not None and wider.gpus is not None and set(narrower.gpus) < set(wider.gpus)


def _relaxation(step: Step, answer: Plan) -> Relaxation:
    named = structs.replace(step.change, python=answer.python) if step.change.python else step.change
    return Relaxation(change=named, says=step.says, plan=answer)


def _lowest(steps: tuple[Step, ...], request: Request, machine: Machine, plan: Planner) -> Relaxation | None:
    """Gives the lowest driver that helps: a newer one never serves less, so the halfway one is asked."""
    if not steps or not isinstance(best := plan(*steps[-1].made(request, machine)), Plan):
        return None
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        answer = plan(*steps[middle].made(request, machine))
        if isinstance(answer, Plan):
            high, best = middle, answer
        else:
            low = middle + 1
    return _relaxation(steps[high], best)


def _dropped(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner) -> Iterator[Relaxation]:
    """The last resort: what works when one thing is left out; where no single one helps, each alone."""
    for count in range(1, len(asked)):
        found = False
        for names in combinations(asked, count):
            dropped = tuple(wish for wish in request.wishes if not wish.is_component and sieve.canonical(wish.name) in names)
            answer = plan(without(request, dropped), machine)
            if isinstance(answer, Plan):
                found = True
                typed = tuple(dict.fromkeys(wish.name for wish in dropped))
                yield Relaxation(change=Change(drop=typed), says=say("without {name}", name=", ".join(typed)), plan=answer)
        if found:
            return


def _both(one: Change, other: Change) -> Change | None:
    """Joins two changes; None where they are about the same thing."""
    mine, theirs = ({key: value for key, value in structs.asdict(each).items() if value not in (None, ())} for each in (one, other))
    if set(mine) & set(theirs) - {"drop"}:
        return None
    drop = tuple(dict.fromkeys((*mine.get("drop", ()), *theirs.get("drop", ()))))
    return Change(**{**mine, **theirs, "drop": drop})


def _several(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner, steps: tuple[Step, ...]) -> Iterator[Relaxation]:
    """Gives two changes at once that help together, where no single one does: of the target, or of the target and one thing left out."""
    for one, other in combinations(steps, 2):
        made = _both(one.change, other.change)
        if made is None:
            continue
        answer = plan(*other.made(*one.made(request, machine)))
        if isinstance(answer, Plan):
            yield _relaxation(Step(change=made, says=say("{one}, and {other}", one=one.says, other=other.says), made=one.made), answer)
            return
    for step in steps:
        changed: Planner = lambda asked_for, place, step=step: plan(*step.made(asked_for, place))  # type: ignore[misc]  # noqa: E731
        for way in _dropped(sieve, asked, request, machine, changed):
            made = _both(step.change, way.change)
            if made is not None:
                yield _relaxation(Step(change=made, says=say("{one}, and {other}", one=step.says, other=way.says), made=step.made), way.plan)
                return
