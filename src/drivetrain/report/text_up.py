"""The screens of `up`, `add`, `remove` and `install`: what was planned, installed, found and proven, how long it took, what to type next."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Finding, Plan, Refusal
from drivetrain.model.report import Install, Up
from drivetrain.report.amounts import counted, duration, size
from drivetrain.report.columns import table, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.text_audit import audit_headline, outcome_lines
from drivetrain.report.text_plan import label_rows, package_rows, plan_screen, stack_line
from drivetrain.report.text_proof import headline
from drivetrain.report.text_refusal import refusal_screen
from drivetrain.report.typed import Typed
from drivetrain.words import say


def up_screen(up: Up, machine: Machine | None, typed: Typed, *, activate: str = "") -> list[str]:
    """Gives the lines that end `drivetrain up`; `activate` is the line that activates it."""
    if isinstance(up.plan, Refusal):
        return refusal_screen(up.plan, typed, verb="up")
    if up.status == "done" and not up.prefix and up.plan is not None:
        return plan_screen(up.plan, machine, typed)
    lines = [_first(up), ""]
    if up.plan is not None:
        lines += [*package_rows(up.plan), stack_line(up.plan), ""]
    rows = _outcomes(up, typed)
    if up.seconds:
        names = step_words()
        rows.append((say("time"), " · ".join(f"{names.get(step, step)} {duration(seconds)}" for step, seconds in up.seconds.items())))
    if up.report:
        rows.append((say("report"), up.report))
    if up.previous:
        rows.append((say("before"), say("the environment that was there is kept in {path}", path=up.previous)))
    lines += label_rows(rows)
    if up.audit is not None:
        for outcome in up.audit.found("error"):
            lines += ["", *outcome_lines(outcome)]
    if up.plan is not None and up.status == "done":
        lines += left_lines(up.plan)
    return [*lines, "", *label_rows(_next(up, typed, activate))]


def left_lines(plan: Plan) -> list[str]:
    """Says again, when the environment stands, what of the request is left to be built in it."""
    left = _left(plan)
    return ["", *table([(styled("warning", say("left")), f"{each.says} {styled('dim', f'[{each.cause}]')}") for each in left])] if left else []


def _left(plan: Plan) -> list[Finding]:
    return [each for each in plan.findings if any(each.says.startswith(f"{package.name} ") for package in plan.to_compile)]


def install_screen(install: Install, typed: Typed, *, activate: str = "") -> list[str]:
    """Gives the lines that end `drivetrain install`."""
    text = say(
        "{count} distributions, {size}, installed in {time}",
        count=counted(install.distributions), size=size(install.bytes), time=duration(install.seconds),
    )  # fmt: skip
    lines = wrapped(f"{styled('strong', install.prefix)}  {text}", hanging=4)
    lines += wrapped(say("exactly as {lock} has it", lock=install.lock), hanging=4)
    if install.previous:
        lines += wrapped(say("the environment that was there is kept in {path}", path=install.previous), hanging=4)
    rows = [(say("activate"), styled("command", activate))] if activate else []
    rows.append((say("prove it"), styled("command", typed.bare("verify", *typed.placed))))
    return [*lines, "", *label_rows(rows)]


def step_words() -> dict[str, str]:
    """Gives the words for the steps of `up`."""
    return {
        "probe": say("probe"),
        "plan": say("plan"),
        "lock": say("lock"),
        "install": say("install"),
        "audit": say("audit"),
        "verify": say("proof"),
        "report": say("report"),
    }


def _first(up: Up) -> str:
    if up.status == "failed":
        step = step_words().get(up.failed_at or "", up.failed_at or "")
        return "\n".join(wrapped(f"{styled('error', say('failed at: {step}', step=step))}  {up.says}", hanging=4))
    if not up.installed:
        return f"{styled('strong', up.prefix)}  {styled('good', say('already serves this request: nothing was installed'))}"
    return f"{styled('strong', up.prefix)}  {styled('good', say('is ready'))}"


def _outcomes(up: Up, typed: Typed) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if up.status == "done" and up.says:
        rows.append((say("note"), up.says))
    if isinstance(up.plan, Plan):
        rows += [(styled("warning", say("note")), each.says) for each in up.plan.findings if each not in _left(up.plan)]
    if up.audit is not None:
        rows.append((say("audit"), audit_headline(up.audit)))
        rows += [(styled("warning", say("warning")), each.says) for each in up.audit.found("warning")]
    if up.verify is not None:
        rows.append((say("proof"), headline(up.verify)))
        rows += [("", f"{each.framework} {each.device} {each.check}: {each.says}") for each in up.verify.failed()]
        skipped = sum(1 for each in up.verify.verdicts if each.state == "skipped")
        if skipped:
            rows.append(("", say("skipped: {count}; why: {command}", count=skipped, command=typed.bare("verify", *typed.placed))))
    return rows


def _next(up: Up, typed: Typed, activate: str) -> list[tuple[str, str]]:
    if up.status == "failed":
        cause = _cause(up)
        command = typed.bare("explain", cause) if cause else typed.line("plan", "--alternatives")
        rows = [(say("next"), styled("command", command))] if up.failed_at in ("audit", "verify") else []
        # What is there is wrong, and the same line would leave it alone again.
        return rows if up.installed else [*rows, (say("make it anew"), styled("command", typed.line("up", "--upgrade")))]
    rows = [(say("activate"), styled("command", activate))] if activate else []
    return [*rows, (say("run"), styled("command", typed.bare("run", *typed.placed, "--", "python", "train.py")))]


def _cause(up: Up) -> str | None:
    """Gives the cause of the first thing that failed, where it is known."""
    if up.audit is not None and up.audit.found("error"):
        return up.audit.found("error")[0].cause
    return next((each.cause for each in up.verify.failed() if each.cause), None) if up.verify else None
