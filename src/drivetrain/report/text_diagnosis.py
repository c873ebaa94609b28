"""The screen of `drivetrain explain LOG`: the cause, what proves it, what to type; the first line is the answer."""

from __future__ import annotations

from drivetrain.model.diagnosis import Diagnosed, Diagnosis
from drivetrain.model.outcome import Fix
from drivetrain.report.columns import WIDTH, padded, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.shell import Shell
from drivetrain.words import say

SHOWN = 3
"""Causes on a screen: who has not found theirs among three reads --verbose, or gives more facts."""
EVIDENCE = 3
FIXES = 3


def diagnosis_screen(found: Diagnosis, *, verbose: bool = False, page: str = "", shell: Shell = "posix") -> list[str]:
    """Gives the lines; `page` is the line that shows a cause's page, with CAUSE in its place."""
    if not found.causes:
        return [
            say("nothing in this log is known to be a fault"),
            "",
            *wrapped(say("lines read: {lines}; if it failed, give all that it printed, standard error too", lines=found.lines)),
        ]
    likely = found.causes if verbose else [each for number, each in enumerate(found.causes[:SHOWN]) if number == 0 or each.confidence >= 0.1]
    lines: list[str] = []
    for number, each in enumerate(likely):
        lines += ["", *_cause(each, full=number == 0 or verbose, verbose=verbose)] if number else _cause(each, full=True, verbose=verbose)
    if page:
        lines += ["", f"{say('more')}  {styled('command', page.replace('CAUSE', likely[0].cause))}"]
    return lines


def _cause(found: Diagnosed, *, full: bool, verbose: bool) -> list[str]:
    sure = say("harmless") if found.benign else say("confidence {percent} %", percent=round(found.confidence * 100))
    lines = [*wrapped(f"{styled('good' if found.benign else 'strong', found.says)}  {sure}  {styled('dim', f'[{found.cause}]')}", hanging=2)]
    label = max(width(each) for each in (say("evidence"), say("fix"))) + 2
    evidence = found.evidence if verbose else found.evidence[: EVIDENCE if full else 1]
    for number, each in enumerate(evidence):
        where = say("line {line}", line=each.line) + "  " if each.line else ""
        first, *rest = wrapped(where + each.text, WIDTH - label)
        lines += [padded(say("evidence") if number == 0 else "", label) + first, *(" " * label + more for more in rest)]
    for fix in found.fix if verbose else found.fix[: FIXES if full else 1]:
        lines += _fix(fix, label)
    return lines


def _fix(fix: Fix, label: int) -> list[str]:
    grade = {"unsafe": say("changes the system"), "shown": say("by hand"), "safe": ""}[fix.safety]
    first, *rest = wrapped(say("{says} ({grade})", says=fix.says, grade=grade) if grade else fix.says, WIDTH - label)
    lines = [padded(say("fix"), label) + first, *(" " * label + each for each in rest)]
    return [*lines, *(" " * (label + 2) + styled("command", each) for each in fix.commands)]
