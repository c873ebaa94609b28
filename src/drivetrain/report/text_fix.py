"""The screen of `fix`: what is wrong, what changes, what stays, and the line that does it."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.model.fixing import Difference, Fixing
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Refusal
from drivetrain.report.columns import table, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.text_audit import outcome_lines
from drivetrain.report.text_plan import label_rows, stack_line
from drivetrain.report.text_refusal import refusal_screen
from drivetrain.report.text_up import up_screen
from drivetrain.report.typed import Typed
from drivetrain.words import say

_SHOWN = 12


def fix_screen(fixing: Fixing, machine: Machine | None, typed: Typed, *, activate: str = "", verbose: bool = False) -> list[str]:
    """Gives the lines; `typed` asks for what the environment is for."""
    if not fixing.findings:
        lines = [f"{styled('strong', fixing.prefix)}  {styled('good', say('nothing to fix'))}"]
        return lines + (wrapped(fixing.says) if fixing.says else [])
    if fixing.up is not None:
        return up_screen(fixing.up, machine, typed, activate=activate)
    lines = [f"{styled('strong', fixing.prefix)}  {styled('error', say('findings: {count}', count=len(fixing.findings)))}"]
    for each in fixing.findings:
        # What mends it is the whole of this screen.
        lines += ["", *outcome_lines(replace(each, fix=()))]
    lines.append("")
    if isinstance(fixing.plan, Refusal):
        return [*lines, *refusal_screen(fixing.plan, typed)]
    lines += [styled("strong", say("what changes")), *_changes(fixing, verbose=verbose)]
    if fixing.plan is not None:
        lines += ["", stack_line(fixing.plan)]
    if fixing.changes:
        lines.append(say("the other {count} distributions stay as they are", count=fixing.kept))
    if fixing.says:
        lines += wrapped(fixing.says)
    return [*lines, "", *label_rows(_next(fixing, typed))]


def _changes(fixing: Fixing, *, verbose: bool) -> list[str]:
    if not fixing.changes:
        return ["  " + each.says for each in fixing.edits]
    shown = fixing.changes if verbose else fixing.changes[:_SHOWN]
    lines = table([(styled("name", each.name), each.before or "", _after(each)) for each in shown], indent=2)
    if len(fixing.changes) > len(shown):
        lines.append("  " + say("and {count} more: --verbose", count=len(fixing.changes) - len(shown)))
    return lines + ["  " + each.says for each in fixing.edits if each.edit is not None and each.edit.variables]


def _after(change: Difference) -> str:
    if change.after is None:
        return say("goes")
    return f"→ {change.after}" if change.before else f"+ {change.after}"


def _next(fixing: Fixing, typed: Typed) -> list[tuple[str, str]]:
    if not fixing.ours:
        command = typed.bare("up", *typed.requirements, "--prefix", f"{fixing.prefix}-fixed")
        return [(say("not ours"), say("drivetrain did not make this environment and does not change it")), (say("beside it"), styled("command", command))]
    return [(say("do it"), styled("command", typed.bare("fix", *(() if fixing.prefix == ".venv" else (fixing.prefix,)), "--apply")))]
