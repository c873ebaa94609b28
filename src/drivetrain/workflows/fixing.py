"""`fix`: what is wrong in an environment, its request planned again with the findings' own fixes in it, and the smallest set of changes between the two."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from drivetrain.errors import PrefixError, UsageError
from drivetrain.model.choice import Choice
from drivetrain.model.fixing import Fixing
from drivetrain.model.plan import Plan, Refusal
from drivetrain.words import say
from drivetrain.workflows.change import flags_of
from drivetrain.workflows.fix_applying import applied, kept_alone
from drivetrain.workflows.fix_case import Case, case_of, texts_of, told
from drivetrain.workflows.fix_changes import changes_shown
from drivetrain.workflows.fix_planning import nearest_plan
from drivetrain.workflows.order import Order
from drivetrain.workflows.prefixes import shown


def fix(order: Order, *, apply: bool = False, unsafe: bool = False, choice: Choice | None = None) -> Fixing:
    """Gives the changes, and makes them with `apply`; the order's own request counts for nothing, the environment's is taken.

    Raises PrefixError where there is no environment, and with `apply` where it is not ours.
    """
    order = dataclasses.replace(order, choice=choice)
    case = case_of(order, unsafe=unsafe)
    name = shown(order.prefix)
    if not case.findings:
        return Fixing(prefix=name, ours=case.ours, asked=texts_of(case.request), says=case.notes, kept=len(case.environment.installed))
    if apply and not order.here:
        raise UsageError(say("--apply changes this machine's environment, and another machine is meant"), say("leave --machine out, or leave --apply out"))
    if apply and not case.ours:
        raise _not_ours(order, case)
    if not case.found.jobs:
        return kept_alone(order, case, told(case, name)) if apply else told(case, name)
    order = dataclasses.replace(order, request=case.request, typed=replace(order.typed, requirements=texts_of(case.request), flags=flags_of(case.request)))
    found, request, says = nearest_plan(order, case)
    done = replace(changes_shown(order, case, found, says), asked=texts_of(request))
    order.progress.finish(_course_of(done))
    if not apply:
        return done
    moves = isinstance(found.plan, Plan) and any(each.planned and each.safety == "safe" and each not in case.found.kept for each in done.edits)
    return applied(dataclasses.replace(order, request=request), case, done, found) if moves else kept_alone(order, case, done)


def _course_of(done: Fixing) -> str:
    if isinstance(done.plan, Refusal):
        return say("planned: there is no stack")
    return say("planned: {count} distributions change", count=len(done.changes)) if done.changes else say("planned: every version stays")


def _not_ours(order: Order, case: Case) -> PrefixError:
    name = shown(order.prefix)
    command = order.typed.bare("up", *texts_of(case.request), "--prefix", f"{name.rstrip('/')}-fixed")
    return PrefixError(
        say("{prefix} was not made by drivetrain: nothing in it was touched", prefix=name), say("make one beside it that is: {command}", command=command)
    )
