"""Other stacks that work, and what each costs against the plan."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Alternative, Plan
from drivetrain.model.request import Request
from drivetrain.solve.aim import Planner
from drivetrain.solve.components import without_cuda
from drivetrain.words import say

MOST = 5
MUCH_OLDER_DAYS = 180
"""A stack without CUDA that is older than the one with CUDA by more than this names it, even where not everything in it is newer."""


def alternatives_of(plan: Plan, request: Request, machine: Machine, plan_it: Planner, *, every: bool) -> tuple[Alternative, ...]:
    """Gives other stacks, most useful first; without `every` only those that a plan must always name.

    Always named: on a CPU, builds with CUDA that are newer; a Python that is not here yet and would allow newer releases.
    """
    found: list[Alternative] = []
    for what, other in _others(plan, request, machine, plan_it, every=every):
        if isinstance(other, Plan) and not any(_same(other, each) for each in (plan, *(each.plan for each in found))):
            found.append(Alternative(what=what, plan=other, costs=costs_of(plan, other)))
        if len(found) == MOST:
            break
    return tuple(found)


def _others(plan: Plan, request: Request, machine: Machine, plan_it: Planner, *, every: bool) -> Iterator[tuple[str, object]]:
    if plan.accelerator != "cuda" and any(plan.age_days.values()):
        other = plan_it(structs.replace(request, cuda_on_cpu=True), machine)
        if isinstance(other, Plan) and (_newer(other, plan) or _age(plan) - _age(other) > MUCH_OLDER_DAYS):
            yield say("newer builds, which bring CUDA that this machine cannot use"), other
    if machine.pythons is not None and not request.fetch_python and (every or any(plan.age_days.values())):
        other = plan_it(structs.replace(request, fetch_python=True), machine)
        if isinstance(other, Plan) and _newer(other, plan):
            yield say("with Python {python}, which is not here yet (--fetch-python)", python=other.python), other
    if not every:
        return
    if request.sources != "all":
        other = plan_it(structs.replace(request, sources="all"), machine)
        if isinstance(other, Plan) and _newer(other, plan):
            yield say("with what the frameworks publish on their own indexes (--sources all)"), other
    names = [each.called for each in plan.packages if each.requested]
    for name in names:
        if plan.age_days.get(name, 0) and len(names) > 1:
            kept = tuple(wish for wish in request.wishes if wish.is_component or wish.name == name)
            yield say("the newest {name} alone", name=name), plan_it(structs.replace(request, wishes=kept), machine)
    if plan.cuda is not None:
        yield say("without the GPU"), plan_it(without_cuda(request)[0], machine)


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


def costs_of(plan: Plan, other: Plan) -> str:
    """Says what changes for whoever takes the other plan."""
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
    difference = (other.download_bytes or 0) - (plan.download_bytes or 0)
    if abs(difference) > 100_000_000 and other.download_bytes and plan.download_bytes:
        size = f"{abs(difference) / 1e9:.1f} GB"
        said.append(say("{size} more to download", size=size) if difference > 0 else say("{size} less to download", size=size))
    return ", ".join(said)
