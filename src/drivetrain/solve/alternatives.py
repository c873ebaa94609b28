"""Other stacks that work, and what each costs against the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from msgspec import structs

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.line_dates import dates_of
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Alternative, Change, Plan, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner
from drivetrain.solve.components import without, without_cuda
from drivetrain.solve.from_source import with_wheels
from drivetrain.words import say

MOST = 5
MUCH_OLDER_DAYS = 180
"""A stack without CUDA that is older than the one with CUDA by more than this names it, even where not everything in it is newer."""

Offer = tuple[str, Change, "Plan | Refusal | None"]
"""What it is, what would be typed for it, and the answer."""


def alternatives_of(plan: Plan, request: Request, machine: Machine, plan_it: Planner, *, catalogue: Catalogue, every: bool) -> tuple[Alternative, ...]:
    """Gives other stacks, most useful first; without `every` only those that a plan must always name.

    Always named: the nearest stack for which what would have to be compiled has a wheel; on a CPU, builds with CUDA that are newer; a Python that is not here
    yet and would allow newer releases.
    """
    found: list[Alternative] = []
    wheels = ((what, Change(), other) for what, other in with_wheels(plan, request, machine, plan_it, catalogue.companions))
    always = chain(wheels, _always(plan, request, machine, plan_it, every=every))
    for what, change, other in chain(always, _others(plan, request, machine, plan_it)) if every else always:
        if isinstance(other, Plan) and not any(_same(other, each) for each in (plan, *(each.plan for each in found))):
            found.append(Alternative(what=what, plan=other, costs=costs_of(plan, other, catalogue), change=change))
        if len(found) == MOST:
            break
    return tuple(found)


def _always(plan: Plan, request: Request, machine: Machine, plan_it: Planner, *, every: bool) -> Iterator[Offer]:
    if plan.accelerator != "cuda" and any(plan.age_days.values()):
        other = plan_it(structs.replace(request, cuda_on_cpu=True), machine)
        if isinstance(other, Plan) and (_newer(other, plan) or _age(plan) - _age(other) > MUCH_OLDER_DAYS):
            yield say("newer builds, which bring CUDA that this machine cannot use"), Change(), other
    if machine.pythons is not None and not request.fetch_python and (every or any(plan.age_days.values())):
        other = plan_it(structs.replace(request, fetch_python=True), machine)
        if isinstance(other, Plan) and _newer(other, plan):
            says = say("with Python {python}, which is not here yet (--fetch-python)", python=other.python)
            yield says, Change(python=other.python), other


def _others(plan: Plan, request: Request, machine: Machine, plan_it: Planner) -> Iterator[Offer]:
    """Gives the newest of each framework alone, what the frameworks publish themselves, conda instead of pip, another CUDA family, and the CPU."""
    if request.sources != "all":
        other = plan_it(structs.replace(request, sources="all"), machine)
        if isinstance(other, Plan) and _newer(other, plan):
            yield say("with what the frameworks publish on their own indexes (--sources all)"), Change(sources="all"), other
    yield from _alone(plan, request, machine, plan_it)
    if plan.engine == "pip" and request.engine == "auto":
        yield say("conda instead of pip"), Change(engine="conda"), plan_it(structs.replace(request, engine="conda"), machine)
    if plan.cuda is not None:
        yield from _other_families(plan, request, machine, plan_it)
        plain, components = without_cuda(request)
        yield say("without the GPU"), Change(accelerator="cpu", drop=components), plan_it(plain, machine)


def _alone(plan: Plan, request: Request, machine: Machine, plan_it: Planner) -> Iterator[Offer]:
    """Gives the newest of each framework that is older in the plan than it could be: an environment for itself."""
    names = [each.called for each in plan.packages if each.requested]
    for name in sorted(names, key=lambda each: -plan.age_days.get(each, 0)) if len(names) > 1 else ():
        if plan.age_days.get(name, 0):
            left = tuple(wish for wish in request.wishes if not wish.is_component and wish.name != name)
            other = plan_it(without(request, left), machine)
            yield say("the newest {name} alone", name=name), Change(drop=tuple(dict.fromkeys(each.name for each in left))), other


def _other_families(plan: Plan, request: Request, machine: Machine, plan_it: Planner) -> Iterator[Offer]:
    """Gives the stack on another CUDA major alone, without what has no build for it."""
    mine = plan.cuda.family if plan.cuda else 0
    if any(each.is_component and each.name == "cuda" for each in request.wishes):
        return
    for family in (each for each in (13, 12) if each != mine):
        bound = Wish(name="cuda", specifier=f"=={family}.*", text=f"cuda=={family}.*")
        wishes = [each for each in request.wishes if not each.is_component]
        served = [each for each in wishes if isinstance(plan_it(structs.replace(request, wishes=(each, bound)), machine), Plan)]
        if not served:
            continue
        left = tuple(each for each in wishes if not any(each is one for one in served))
        other = plan_it(structs.replace(without(request, left), wishes=(*without(request, left).wishes, bound)), machine)
        if isinstance(other, Plan) and any(_is_newer(plan, other, each.called) for each in other.packages if each.requested):
            change = Change(require=(bound.text,), drop=tuple(dict.fromkeys(each.name for each in left)))
            yield say("CUDA {family} only", family=family), change, other


def _is_newer(plan: Plan, other: Plan, name: str) -> bool:
    mine, theirs = plan.package(name), other.package(name)
    return mine is not None and theirs is not None and version_of(theirs.version) > version_of(mine.version)


def _newer(one: Plan, other: Plan) -> bool:
    """Tells whether some requested package is newer in one plan, and none older."""
    pairs = [
        (version_of(mine.version), version_of(theirs.version)) for mine in one.packages if mine.requested and (theirs := other.package(mine.called)) is not None
    ]
    return any(mine > theirs for mine, theirs in pairs) and all(mine >= theirs for mine, theirs in pairs)


def _age(plan: Plan) -> int:
    return sum(plan.age_days.values())


def _same(one: Plan, other: Plan) -> bool:
    return (one.python, one.engine, _chosen(one)) == (other.python, other.engine, _chosen(other))


def _chosen(plan: Plan) -> frozenset[tuple[str, str, str]]:
    return frozenset((each.name, each.version, each.build) for each in plan.packages if each.requested)


def costs_of(plan: Plan, other: Plan, catalogue: Catalogue) -> str:
    """Says what changes for whoever takes the other plan: packages, Python and CUDA, age in days, bytes to download."""
    said = []
    for mine in plan.packages:
        if not mine.requested:
            continue
        theirs = other.package(mine.called)
        if theirs is None:
            said.append(say("no {name}", name=mine.name))
        elif (theirs.version, theirs.build) != (mine.version, mine.build):
            said.append(f"{mine.name} {mine.version} {mine.build}".strip() + " → " + f"{theirs.version} {theirs.build}".strip())
    if other.python != plan.python:
        said.append(f"Python {plan.python} → {other.python}")
    if other.cuda is None and plan.cuda is not None:
        said.append(say("nothing runs on the GPU"))
    elif other.cuda is not None and plan.cuda is not None and other.cuda.version != plan.cuda.version:
        said.append(f"CUDA {plan.cuda.version} → {other.cuda.version}")
    days = _days_between(plan, other, catalogue)
    if days:
        said.append(say("{days} days newer", days=days) if days > 0 else say("{days} days older", days=-days))
    difference = (other.download_bytes or 0) - (plan.download_bytes or 0)
    if abs(difference) > 100_000_000 and other.download_bytes and plan.download_bytes:
        size = f"{abs(difference) / 1e9:.1f} GB"
        said.append(say("{size} more to download", size=size) if difference > 0 else say("{size} less to download", size=size))
    return say(", ").join(said)


def _days_between(plan: Plan, other: Plan, catalogue: Catalogue) -> int:
    """Gives how many days newer the other plan is, over the frameworks that both have."""
    days = 0
    for mine in plan.packages:
        theirs = other.package(mine.called)
        if not mine.requested or theirs is None or mine.version == theirs.version or mine.called not in plan.age_days:
            continue
        dates = dates_of(catalogue, mine.called)
        if (one := dates.get(mine.version)) and (two := dates.get(theirs.version)):
            days += (date.fromisoformat(two) - date.fromisoformat(one)).days
    return days
