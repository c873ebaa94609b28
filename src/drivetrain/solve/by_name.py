"""Refuses what has a page instead of a plan (Chainer, Caffe2, MATLAB), and plans what serves in its place."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue.not_planned import NotPlanned, not_planned
from drivetrain.formats.requirements import wish_of
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Plan, Reason, Refusal, Relaxation
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner
from drivetrain.solve.components import without
from drivetrain.words import say


def refused_by_name(request: Request, machine: Machine, plan: Planner | None) -> Refusal | None:
    """Gives the refusal of a request that names such a thing; `plan` plans the ways out, None leaves them away."""
    named = [(wish, row) for wish in request.wishes if not wish.is_component and not wish.url and (row := not_planned(wish.name)) is not None]
    if not named:
        return None
    reasons = tuple(Reason(cause=row.cause, about=wish.text or wish.name, says=row.says, sources=row.sources) for wish, row in named)
    return Refusal(refusal=reasons, relaxations=tuple(_ways_out(request, machine, named, plan)) if plan else ())


def _ways_out(request: Request, machine: Machine, named: list[tuple[Wish, NotPlanned]], plan: Planner) -> Iterator[Relaxation]:
    """Gives the request with something else in its place, then without it, each planned."""
    dropped = tuple(wish for wish, _ in named)
    texts, rest = tuple(wish.name for wish in dropped), without(request, dropped)
    for instead in dict.fromkeys(each for _, row in named for each in row.instead):
        answer = plan(structs.replace(rest, wishes=(*rest.wishes, wish_of(instead))), machine)
        if isinstance(answer, Plan):
            yield Relaxation(change=Change(drop=texts, require=(instead,)), says=say("{instead} in its place", instead=instead), plan=answer)
    if any(not wish.is_component for wish in rest.wishes):
        answer = plan(rest, machine)
        if isinstance(answer, Plan):
            yield Relaxation(change=Change(drop=texts), says=say("without {name}", name=", ".join(texts)), plan=answer)
