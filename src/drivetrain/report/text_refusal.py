"""The screen of a refusal: what collides, then the smallest changes that work, numbered, each with the line to type."""

from __future__ import annotations

from drivetrain.model.plan import Change, Refusal
from drivetrain.report.columns import width, wrapped
from drivetrain.report.markup import Style, styled
from drivetrain.report.text_plan import summary
from drivetrain.report.text_why import tree
from drivetrain.report.typed import Typed, requirement_name
from drivetrain.words import say


def refusal_screen(refusal: Refusal, typed: Typed, *, why: bool = False, verb: str = "plan") -> list[str]:
    """Gives the lines of a refusal."""
    lead = say("no stack: ")
    pad = " " * width(lead)
    lines: list[str] = []
    for reason in refusal.refusal:
        lines += [pad + each for each in wrapped(f"{reason.says} {styled('dim', f'[{reason.cause}]')}", 80 - len(pad))]
        if why:
            lines += [pad + line for line in tree(tuple(each for each in reason.because if each.says not in reason.says))]
            lines += [pad + styled("dim", source) for source in reason.sources]
    if lines:
        lines[0] = styled("error", lead.rstrip()) + pad[width(lead.rstrip()) :] + lines[0][len(pad) :]
    for finding in refusal.findings:
        lines += wrapped(f"{styled('warning', say('note'))}  {finding.says} {styled('dim', f'[{finding.cause}]')}", hanging=len(pad))
    apart = _apart(refusal, typed)
    if not refusal.relaxations and apart:
        return [*lines, "", *apart]
    if not refusal.relaxations:
        return [*lines, "", say("no single change of the target or of the request was found that would serve it")]
    lines += ["", styled("strong", say("what works"))]
    for number, each in enumerate(refusal.relaxations, start=1):
        lines += [f"  {number}  {line}" if at == 0 else f"     {line}" for at, line in enumerate(wrapped(each.says, 75))]
        lines += [f"     {line}" for line in wrapped(summary(each.plan), 75)]
        lines += [f"     {styled(_mark(line), line)}".rstrip() for line in each.diff.splitlines()]
        lines += ["     " + styled("command", command) for command in way_commands(each.change, typed, verb)]
    return [*lines, *([""] if apart else []), *apart]


def _apart(refusal: Refusal, typed: Typed) -> list[str]:
    """What has no stack in one environment may have one in several."""
    if typed.verb != "up" or typed.has("--family") or not any(" + " in each.about for each in refusal.refusal):
        return []
    return [say("in several environments: {command}", command=styled("command", typed.line("plan", "--family", "any")))]


def _mark(line: str) -> Style:
    """How a line of a diff is shown."""
    if line.startswith(("--- ", "+++ ", "@@ ", " ", "\\")):
        return "dim"
    return "good" if line.startswith("+") else "error"


def way_commands(change: Change, typed: Typed, verb: str) -> tuple[str, ...]:
    """Gives the lines that take this way out; `add` and `remove` repeat only a part of the request, so some ways have no line.

    What is not for this machine as it is, or not installed by uv, can only be planned here.
    """
    if typed.verb == "up":
        elsewhere = change.os or change.driver or change.engine == "conda"
        return (typed.changed(change).line("plan" if elsewhere else verb),)
    mine = {requirement_name(each) for each in typed.requirements}
    dropped = tuple(dict.fromkeys(requirement_name(each) for each in change.drop))
    if typed.verb == "add" and dropped and not set(dropped) & mine:
        return (typed.bare("remove", *dropped), typed.line("add"))
    return ()
