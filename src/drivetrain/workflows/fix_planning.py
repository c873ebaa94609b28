"""The plan that changes least of an environment: with the versions that the fixes name, else with those that the planner chooses."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.errors import IndexUnreachable
from drivetrain.formats.requirements import wish_of
from drivetrain.model.plan import Refusal
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.conda_owned import owned_by_conda
from drivetrain.workflows.fix_case import Case
from drivetrain.workflows.keeping import Nearest, nearest
from drivetrain.workflows.mending import request_with
from drivetrain.workflows.order import Order
from drivetrain.workflows.resolving import Bench


def nearest_plan(order: Order, case: Case) -> tuple[Nearest, Request, str]:
    """Gives the nearest plan with the edits' own versions, else the one in which the planner decides, and the request that it serves.

    Without the network it is the planned part of it, and the text says so.
    """
    from drivetrain.workflows.up import bench_of

    bench = bench_of(order)
    if not order.here:
        bench = replace(bench, interpreter=lambda plan: plan.python)
    order.progress.step(say("planning the smallest change"))
    bound, free = (request_with(case.request, case.found, case.facts, bound=each) for each in (True, False))
    found, says = _nearest(case, bound, bench, order)
    if isinstance(found.plan, Refusal) and bound != free:
        found, says = _nearest(case, free, bench, order)
        return found, free, says
    return found, bound, says


def _nearest(case: Case, request: Request, bench: Bench, order: Order) -> tuple[Nearest, str]:
    freed, request = case.found.freed, _for_wheels(request, case)
    try:
        return nearest(request, case.environment, freed, bench), ""
    except IndexUnreachable as error:
        order.broke(error)
        return nearest(request, case.environment, freed, bench, locked=False), say("only the planned part is shown: {why}", why=error.says)


def _for_wheels(request: Request, case: Case) -> Request:
    """Wheels stay wheels: a plan of conda packages would be another environment. What conda installed is conda's to change, and not planned for."""
    request = replace(request, engine="pip") if request.engine == "auto" else request
    owned = owned_by_conda(case.environment)
    wishes = tuple(each for each in request.wishes if each.name not in owned)
    named = {each.name: each for job in case.found.jobs for each in map(wish_of, (*job.again, *job.edit.require)) if each.name not in owned}
    return request if len(wishes) == len(request.wishes) else replace(request, wishes=wishes or tuple(named.values()) or request.wishes)
