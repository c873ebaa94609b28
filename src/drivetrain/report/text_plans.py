"""The screen of several plans: which machine, target or environment gets which stack, what they share, why there is more than one, what to type."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.plans import PlanFor, Plans
from drivetrain.report.columns import padded, table, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.text_plan import label_rows, plan_screen, summary
from drivetrain.report.text_refusal import refusal_screen
from drivetrain.report.typed import Typed
from drivetrain.words import say


def plans_screen(plans: Plans, typed: Typed, *, saved: str | None = None) -> list[str]:
    """Gives the lines; `saved` is the file that the plans were written to."""
    lines = [styled("strong", _headline(plans)), ""]
    lines += table([cells for row in plans.plans for cells in _rows(row)], columns=100)
    rows: list[tuple[str, str]] = []
    if plans.agreed:
        rows.append((say("the same"), say(", ").join(f"{name} {version}" for name, version in plans.agreed.items())))
    rows += [(say("why") if at == 0 else "", _said(each)) for at, each in enumerate(plans.apart)]
    rows += [(styled("warning", say("note")), each) for each in _notes(plans)]
    if rows:
        lines += ["", *_labelled(rows)]
    planned = [each for each in plans.plans if isinstance(each.plan, Plan)]
    if len(plans.plans) == 1 and planned:
        lines += ["", *plan_screen(planned[0].plan, None, typed, next_lines=False)]  # type: ignore[arg-type]
    for each in plans.plans:
        if isinstance(each.plan, Refusal):
            lines += ["", styled("strong", _name(each)), *("  " + line for line in refusal_screen(each.plan, _alone(each, typed)))]
    return [*lines, "", *label_rows(_next(plans, typed, saved))] if planned else lines


def _headline(plans: Plans) -> str:
    count = len({each for row in plans.plans for each in row.machines})
    stacks = sum(1 for each in plans.plans if isinstance(each.plan, Plan))
    if len(plans.plans) > 1 and any(each.prefix for each in plans.plans):
        return say("{count} environments: the newest releases are built for different CUDA", count=len(plans.plans))
    if plans.fewest is None:
        return say("one environment serves all") if count < 2 else say("{stacks} plans for {count} targets, checked together", stacks=stacks, count=count)
    if stacks == 1 and len(plans.plans) == 1:
        return say("one stack serves all {count} machines", count=count)
    if any(isinstance(each.plan, Refusal) for each in plans.plans):
        return say("{count} machines: {stacks} stacks, and {refused} without one", count=count, stacks=stacks, refused=len(plans.plans) - stacks)
    if plans.fewest:
        return say("{stacks} stacks for {count} machines: fewer cannot serve them all", stacks=stacks, count=count)
    return say("{stacks} stacks for {count} machines: no two of these can be one; whether fewer could serve them was not searched", stacks=stacks, count=count)


def _rows(row: PlanFor) -> list[tuple[str, str]]:
    """Gives a line for each machine, the stack beside the first of them."""
    stack = summary(row.plan) if isinstance(row.plan, Plan) else styled("error", say("no stack"))
    if row.prefix:
        return [(styled("name", row.prefix), stack)]
    names = row.machines or (" ".join(row.names),)
    first = [(styled("name", names[0]), stack)]
    return first + [(styled("name", each), "〃" if len(names) > 2 else say("the same stack")) for each in names[1:]]


def _name(row: PlanFor) -> str:
    return row.prefix or say(", ").join(row.machines) or " ".join(row.names)


def _said(reason: Reason) -> str:
    return f"{reason.says} {styled('dim', f'[{reason.cause}]')}"


def _notes(plans: Plans) -> list[str]:
    """Gives what is said of the machines, with the one that it is said of."""
    if len(plans.plans) < 2:
        return []
    said = []
    for row in plans.plans:
        # What is said of one machine of several names it already.
        whose = "" if len(row.machines) > 1 else _name(row) + say(": ")
        findings = row.plan.findings if isinstance(row.plan, Plan) else ()
        said += [f"{whose}{each.says} {styled('dim', f'[{each.cause}]')}" for each in findings]
    return said


def _labelled(rows: list[tuple[str, str]]) -> list[str]:
    widest = max(width(label) for label, _ in rows) + 2
    lines: list[str] = []
    for label, text in rows:
        first, *rest = wrapped(text, 100 - widest)
        lines += [padded(label, widest) + first, *(" " * widest + each for each in rest)]
    return lines


def _next(plans: Plans, typed: Typed, saved: str | None) -> list[tuple[str, str]]:
    """Gives the lines that make the environments."""
    if any(each.prefix for each in plans.plans) and not any(each.machines for each in plans.plans):
        lines = [line_for(each, typed) for each in plans.plans if isinstance(each.plan, Plan)]
        return [
            (say("do it"), styled("command", typed.line("up"))),
            *((say("one by one") if at == 0 else "", styled("command", each)) for at, each in enumerate(lines) if len(lines) > 1),
        ]
    name = saved or "plans.json"
    written = [] if saved else [(say("write them"), styled("command", typed.line("plan", "-o", name)))]
    return [*written, (say("on each"), styled("command", typed.bare("install", name)))]


def _alone(row: PlanFor, typed: Typed) -> Typed:
    """Gives what would be typed for that machine only."""
    if len(row.machines) != 1 or not any(flag == ("--machine", row.machines[0]) for flag in typed.flags):
        return typed
    return replace(typed, flags=tuple(each for each in typed.flags if each[0] != "--machine" or each[1] == row.machines[0]))


def line_for(row: PlanFor, typed: Typed) -> str:
    """Gives the line that makes one of several environments."""
    flags = tuple(word for flag in typed.flags if flag[0] not in ("--family", "-r") for word in flag)
    return typed.bare("up", *row.names, *flags, *(("--prefix", row.prefix) if row.prefix else ()))
