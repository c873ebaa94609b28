"""An audit as the summary of a GitHub job: Markdown that no file name or message can break out of; source: https://github.github.com/gfm/."""

from __future__ import annotations

import re

from drivetrain.model.outcome import Audit, Outcome
from drivetrain.report.amounts import counted
from drivetrain.report.markup import unmarked
from drivetrain.report.sarif import commands_of
from drivetrain.report.text_audit import audit_headline, left_out_lines, severity_words, tally
from drivetrain.words import say

_SHOWN = 50
_EVIDENCE = 5
_LONGEST = 400
"""Characters of one text: all together stay below the 1 MiB that GitHub takes of a step."""
_MARKS = re.compile(r"[\\`*_\[\]<>#|~@&$]")
"""What begins a link, a tag, a code span, a mention, a formula or a cell; a number of HTML stands for it in Markdown and HTML alike."""
_ICONS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}


def job_summary(audit: Audit, mend: str = "") -> str:
    """Gives the Markdown: headline, a table of findings, evidence and fix of each behind a fold, how much was looked at."""
    found = audit.found()
    lines = [f"### drivetrain audit: {escaped(audit.prefix)}", "", f"**{escaped(unmarked(audit_headline(audit)))}**", ""]
    if found:
        heads = (say("severity"), say("what"), say("cause"), say("what is wrong"))
        lines += [f"| {' | '.join(heads)} |", "|---|---|---|---|", *(_row(each) for each in found[:_SHOWN]), ""]
        lines += [line for each in found[:_SHOWN] for line in _fold(each)]
        if len(found) > _SHOWN:
            lines += [say("and {count} more", count=counted(len(found) - _SHOWN)), ""]
    if mend and any(commands_of(fix, mend) == (mend,) for each in found for fix in each.fix):
        lines += [f"**{say('change least')}**", *_code((mend,)), ""]
    return "\n".join([*lines, *(escaped(each) for each in (tally(audit), *left_out_lines(audit))), ""])


def _row(outcome: Outcome) -> str:
    severity = f"{_ICONS[outcome.severity]} {severity_words()[outcome.severity]}"
    return f"| {severity} | {escaped(outcome.about)} | `{outcome.cause}` | {escaped(outcome.says)} |"


def _fold(outcome: Outcome) -> list[str]:
    if not outcome.evidence and not outcome.fix:
        return []
    lines = ["<details>", f"<summary>{escaped(outcome.about)}: {escaped(outcome.cause)}</summary>", ""]
    lines += [f"- {escaped('  '.join(filter(None, (each.path, each.text))))}" for each in outcome.evidence[:_EVIDENCE]]
    if len(outcome.evidence) > _EVIDENCE:
        lines.append(f"- {say('and {count} more', count=counted(len(outcome.evidence) - _EVIDENCE))}")
    for fix in outcome.fix:
        lines += ["", escaped(say("fix: {what}", what=fix.says)), *_code(commands_of(fix, ""))]
    return [*lines, "", "</details>", ""]


def _code(commands: tuple[str, ...]) -> list[str]:
    """Gives the commands in a fence that is longer than any inside them."""
    if not commands:
        return []
    text = "\n".join(_cut(unmarked(each)) for each in commands)
    fence = "`" * max(3, 1 + max((len(each) for each in re.findall("`+", text)), default=0))
    return ["", f"{fence}sh", text, fence]


def escaped(text: str) -> str:
    """Gives the text in one line, as text and never as Markdown or HTML."""
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", _cut(" ".join(unmarked(text).split())))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
