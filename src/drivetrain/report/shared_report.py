"""A report to paste into an issue: what was known, what was found and how the log ended, with nothing that names a person, a machine or a place."""

from __future__ import annotations

from collections.abc import Iterable

from drivetrain.formats.redaction import redacted
from drivetrain.model.diagnosis import Diagnosed, Diagnosis
from drivetrain.words import say

_LEFT_OUT = ("env", "pip_packages", "note")


def shared_report(found: Diagnosis, tail: Iterable[str], *, version: str, words: Iterable[str] = ()) -> str:
    """Gives the report in Markdown; `words` are names to take out, the user's and the machine's."""
    facts = {key: value for key, value in found.facts.items() if key not in _LEFT_OUT and not key.startswith("env.")}
    lines = [f"### {say('what was found')}", ""]
    for number, cause in enumerate(found.causes, 1):
        lines += _cause(number, cause)
    if not found.causes:
        lines += [say("nothing in this log is known to be a fault")]
    lines += ["", f"### {say('what is known')}", "", *(f"- {key}: {value}" for key, value in facts.items()), f"- drivetrain: {version}"]
    lines += ["", f"### {say('how the log ends')}", "", "```text", *tail, "```"]
    return redacted("\n".join(lines), tuple(words)) + "\n"


def _cause(number: int, cause: Diagnosed) -> list[str]:
    sure = say("harmless") if cause.benign else f"{round(cause.confidence * 100)} %"
    lines = [f"{number}. **{cause.says}** `{cause.cause}` {sure}"]
    return lines + [f"   - {say('line {line}', line=each.line) + ': ' if each.line else ''}`{each.text}`" for each in cause.evidence[:3]]
