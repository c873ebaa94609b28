"""Makes the changes of a fix: the environment anew as `up` does, or its variables alone; what the new one's audit says is what is left."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from drivetrain.formats.requirements import wish_of
from drivetrain.model.choice import Choice, Selection
from drivetrain.model.fixing import Fixing, Left
from drivetrain.model.outcome import Outcome
from drivetrain.workflows.fix_case import Case, case_of
from drivetrain.workflows.keeping import Nearest
from drivetrain.workflows.order import Order


def applied(order: Order, case: Case, done: Fixing, found: Nearest) -> Fixing:
    """Makes the environment anew as `up` does: staged, audited, proven, swapped in; the one that was there is kept. What is left is asked again."""
    from drivetrain.workflows.up import up

    # What a fix binds holds for this once; what it adds or takes out is asked for from now on.
    limits = tuple(each for each in order.request.constraints if each not in case.request.constraints)
    bound = replace(order.request, constraints=(*order.request.constraints, *found.kept))
    lot = dataclasses.replace(order, request=bound, keep=(*order.keep, *limits, *found.kept), choice=_tolerant(order, case), upgrade=True, dry_run=False)
    # First, so that the new environment has them when it is proven; without it they are not kept.
    with _variables_kept(order, case) as keeping:
        made = up(lot)
        keeping.stays = made.status == "done"
    plan = made.plan if made.plan is not None else done.plan
    if made.status != "done":
        return replace(done, plan=plan, up=made)
    after = case_of(order)
    return replace(done, plan=plan, up=replace(made, audit=after.audit), applied=True, left=_left_of(after))


def kept_alone(order: Order, case: Case, done: Fixing) -> Fixing:
    """Keeps the variables in the environment as it is, where nothing else of it changes."""
    if not case.found.kept:
        return done
    with _variables_kept(order, case) as keeping:
        keeping.stays = True
    return replace(done, applied=True, left=_left_of(case_of(order)))


def _left_of(after: Case) -> tuple[Left, ...]:
    return tuple(Left(cause=each.cause, severity=each.severity, about=each.about, says=each.says) for each in after.findings)


@dataclasses.dataclass
class _Keeping:
    """Whether the variables stay when the block ends."""

    stays: bool = False


@contextmanager
def _variables_kept(order: Order, case: Case) -> Iterator[_Keeping]:
    from drivetrain.workflows.inside import kept_in

    before = dict(case.owner.deed.variables) if case.owner.deed is not None else {}
    keeping, wanted = _Keeping(), {**before, **case.found.variables}
    if wanted != before:
        kept_in(order, wanted)
    try:
        yield keeping
    finally:
        if not keeping.stays and wanted != before:
            kept_in(order, before)


def _tolerant(order: Order, case: Case) -> Choice:
    """What was wrong before and is not this fix's to mend must not keep it from mending the rest; it is among what is left."""
    worked = {job.finding for job in case.found.jobs}
    choice = order.choice or Choice()
    return replace(choice, ignore=(*choice.ignore, *tolerated(each for each in case.findings if each not in worked)))


def tolerated(findings: Iterable[Outcome]) -> tuple[Selection, ...]:
    """Gives what leaves these findings out of an audit, about their own subjects alone: the same fault in another distribution would be the fix's own.

    What their fixes name is among the subjects: of two that own one file another may have lost it next time.
    """
    rows: dict[tuple[str, str], None] = {}
    for each in findings:
        named = (text for fix in each.fix if fix.edit is not None for text in (*fix.edit.require, *fix.edit.drop))
        rows.update(dict.fromkeys((each.cause, name) for name in (*map(str.strip, each.about.split(",")), *(wish_of(text).name for text in named))))
    return tuple(Selection(causes=(cause,), about=name, by="drivetrain fix") for cause, name in rows)
