"""The screen of an audit: the headline, each finding with its evidence and its fix, and how much was looked at."""

from __future__ import annotations

from collections import Counter

from msgspec import UNSET

from drivetrain.model.outcome import Audit, Evidence, Outcome
from drivetrain.report.amounts import counted, size
from drivetrain.report.columns import padded, width, wrapped
from drivetrain.report.markup import Style, styled
from drivetrain.report.shell import Shell, folded, variable_line
from drivetrain.words import say

_EVIDENCE = 3
_STYLES: dict[str, Style] = {"error": "error", "warning": "warning", "note": "strong"}
_ORDER = {"error": 0, "warning": 1, "note": 2}


def audit_screen(audit: Audit, *, verbose: bool = False, anew: str = "", mend: str = "", shell: Shell = "posix") -> list[str]:
    """Gives the lines of `drivetrain audit`; `anew` is the line that makes the environment anew, `mend` the one that changes least."""
    found = sorted(audit.found(), key=lambda each: _ORDER[each.severity])
    lines = [*_loader(audit, verbose=verbose), *wrapped(f"{styled('strong', audit.prefix)}  {audit_headline(audit)}", hanging=4)]
    for outcome in found:
        lines += ["", *outcome_lines(outcome, verbose=verbose, shell=shell)]
    unknown = [each for each in audit.outcomes if each.state == "unknown"]
    if verbose and unknown:
        lines += [""]
        for each in unknown:
            lines += wrapped(f"{say('could not tell')}  {says_of(each)} {styled('dim', f'[{each.cause}]')}", hanging=4)
    if mend:
        lines += ["", f"{say('change least')}  {styled('command', mend)}"]
    if anew:
        lines += [*([] if mend else [""]), f"{say('make it anew')}  {styled('command', anew)}"]
    return [*lines, "", *wrapped(tally(audit)), *left_out_lines(audit, verbose=verbose)]


def left_out_lines(audit: Audit, *, verbose: bool = False) -> list[str]:
    """Says what was found and does not count, and by whose word; with `verbose` each of them."""
    lines = []
    if audit.ignored:
        by = Counter(each.by for each in audit.ignored)
        places = ", ".join(f"{place} {count}" if len(by) > 1 else place for place, count in by.items())
        lines = wrapped(say("found and not counted: {count} ({places})", count=len(audit.ignored), places=places), hanging=4)
    for each in audit.ignored if verbose else ():
        text = f"{each.outcome.about}  {each.outcome.says} {styled('dim', f'[{each.outcome.cause}]')}  {each.by}"
        lines += ["  " + line for line in wrapped(f"{text}: {each.why}" if each.why else text, 78, hanging=4)]
    if audit.baseline_gone:
        names = ", ".join(audit.baseline_gone[:3]) + ("..." if len(audit.baseline_gone) > 3 else "")
        lines += wrapped(say("there no longer, though the baseline holds it: {names}; write it anew with --write-baseline", names=names), hanging=4)
    return lines


def _loader(audit: Audit, *, verbose: bool) -> list[str]:
    """What was asked for comes first."""
    if audit.loader is UNSET:
        return []
    from drivetrain.report.text_loader import loader_screen

    return [*loader_screen(audit.loader, verbose=verbose), ""]


def outcome_lines(outcome: Outcome, *, verbose: bool = False, shell: Shell = "posix") -> list[str]:
    """Gives one finding: severity, subject and cause, what is wrong, evidence, fix."""
    words = severity_words()
    label = max(width(each) for each in words.values()) + 2
    pad = " " * label
    title = f"{styled('strong', outcome.about)}  {styled('dim', f'[{outcome.cause}]')}"
    lines = [padded(styled(_STYLES[outcome.severity], words[outcome.severity]), label) + title]
    lines += [pad + line for line in wrapped(outcome.says, 80 - label)]
    shown = outcome.evidence if verbose else outcome.evidence[:_EVIDENCE]
    lines += [pad + line for each in shown for line in _evidence_lines(each, 80 - label)]
    if len(outcome.evidence) > len(shown):
        lines.append(pad + say("and {count} more: --verbose", count=counted(len(outcome.evidence) - len(shown))))
    for fix in outcome.fix:
        first, *rest = wrapped(fix.says, 80 - label)
        lines += [padded(say("fix"), label) + first, *(pad + each for each in rest)]
        variables = fix.edit.variables if fix.edit is not None else {}
        typed = (*fix.commands, *(variable_line(name, value, shell) for name, value in variables.items()))
        lines += [pad + styled("command", line) for each in typed for line in folded(each, 80 - label, shell)]
    return lines


def _evidence_lines(evidence: Evidence, columns: int) -> list[str]:
    """What does not fit beside its file stands below it."""
    line = "  ".join(filter(None, (evidence.path, evidence.text)))
    if evidence.path is None or width(line) <= columns:
        return wrapped(line, columns, hanging=2)
    return [evidence.path, *("  " + each for each in wrapped(evidence.text, columns - 2))]


def says_of(outcome: Outcome) -> str:
    """Gives subject and answer in one line."""
    return say("{about}: {says}", about=outcome.about, says=outcome.says)


def audit_headline(audit: Audit) -> str:
    """Says in one line what an audit found."""
    errors, warnings = len(audit.found("error")), len(audit.found("warning"))
    if errors:
        return styled("error", say("errors: {errors}, warnings: {warnings}", errors=errors, warnings=warnings))
    if warnings:
        return styled("warning", say("no error; warnings: {warnings}", warnings=warnings))
    return styled("good", say("nothing is wrong"))


def tally(audit: Audit) -> str:
    """Gives how much was read, and how many checks found, cleared or could not tell."""
    scanned = audit.scanned
    states = {state: sum(1 for each in audit.outcomes if each.state == state) for state in ("found", "clear", "unknown")}
    read = say(
        "{distributions} distributions, {binaries} binaries, {size} read, nothing imported",
        distributions=counted(scanned.distributions), binaries=counted(scanned.binaries), size=size(scanned.bytes),
    )  # fmt: skip
    checks = say("checks: {clear} clear, {unknown} could not tell", clear=states["clear"], unknown=states["unknown"])
    return say("; ").join((read, checks))


def severity_words() -> dict[str, str]:
    """Gives the words for the severities."""
    return {"error": say("error"), "warning": say("warning"), "note": say("note")}
