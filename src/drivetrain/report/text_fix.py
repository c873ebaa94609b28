"""The screen of `fix`: what is wrong, what changes, what stays, what is its owner's to do, and the line that does it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from drivetrain.model.fixing import Difference, Fixing, Left, Mend
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Refusal
from drivetrain.report.amounts import counted, size
from drivetrain.report.columns import table, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.shell import Shell, folded
from drivetrain.report.text_audit import outcome_lines
from drivetrain.report.text_plan import label_rows, stack_line
from drivetrain.report.text_refusal import refusal_screen
from drivetrain.report.text_up import up_screen
from drivetrain.report.typed import Typed
from drivetrain.words import say

_SHOWN = 12
_CHOOSING = ("--select", "--ignore", "--config", "--baseline", "--unsafe-fixes")
"""Flags of `fix` that say what counts; `plan` and `up` have none of them."""

_ONLY_ANEW = ("interpreter-gone",)
"""Causes that no change of packages clears, and an environment made anew does."""


def fix_screen(fixing: Fixing, machine: Machine | None, typed: Typed, *, activate: str = "", verbose: bool = False) -> list[str]:
    """Gives the lines; `typed` asks for what the environment is for, its flags are those that `fix` was typed with."""
    if not fixing.findings:
        lines = [f"{styled('strong', fixing.prefix)}  {styled('good', say('nothing to fix'))}"]
        return lines + (wrapped(fixing.says) if fixing.says else [])
    if fixing.up is not None:
        # Its audit is that of the environment as it now is: what is left stands there.
        lines = up_screen(fixing.up, machine, replace(typed, flags=()), activate=activate)
        variables = [each for each in fixing.edits if each.planned and each.edit is not None and each.edit.is_variables] if fixing.applied else []
        return [*lines, *([""] if variables else []), *(line for each in variables for line in wrapped(_titled(each), 78, hanging=2))]
    if fixing.applied:
        return _kept(fixing, activate)
    lines = [f"{styled('strong', fixing.prefix)}  {styled('error', say('findings: {count}', count=len(fixing.findings)))}"]
    for each in fixing.findings:
        # What mends it is the whole of this screen.
        lines += ["", *outcome_lines(replace(each, fix=()), verbose=verbose)]
    if isinstance(fixing.plan, Refusal):
        machine_flags = tuple(each for each in typed.flags if each[0] not in _CHOOSING)
        return [*lines, "", *refusal_screen(fixing.plan, replace(typed, flags=machine_flags))]
    mended = [each for each in fixing.edits if each.planned]
    if mended:
        lines += ["", styled("strong", say("what changes")), *_changes(fixing, mended, verbose=verbose)]
        lines += _for_the_cpu(fixing, machine, typed)
    for text in fixing.contradictions:
        lines += ["", *wrapped(text)]
    if fixing.says:
        lines += ["", *wrapped(fixing.says)]
    lines += [*_by_hand(fixing, typed.shell), *_left(fixing.left)]
    after = _next(fixing, typed)
    return [*lines, "", *after] if after else lines


def _kept(fixing: Fixing, activate: str) -> list[str]:
    """Says what is set in the environment from now on, where nothing else of it changed."""
    lines = [f"{styled('strong', fixing.prefix)}  {styled('good', say('mended'))}"]
    lines += ["  " + line for each in fixing.edits if each.planned for line in wrapped(_titled(each), 78, hanging=2)]
    lines += ["", *wrapped(say("its activation and drivetrain run see to it; a shell in which it is active takes it at its next activation"))]
    lines += ["  " + styled("command", activate)] if activate else []
    return [*lines, *_left(fixing.left)]


def _for_the_cpu(fixing: Fixing, machine: Machine | None, typed: Typed) -> list[str]:
    """Says why the CUDA libraries go where they do, and how to ask for a machine with a GPU: the environment may be meant for another one."""
    plan = fixing.plan
    if plan is None or isinstance(plan, Refusal) or plan.accelerator != "cpu" or machine is None or machine.nvidia_gpus or typed.names_target:
        return []
    if not any(each.after is None and each.name.startswith("nvidia-") for each in fixing.changes):
        return []
    command = styled("command", typed.bare("fix", fixing.prefix, *(word for flag in typed.flags for word in flag), "--gpu", "RTX 4090", "--driver", "560"))
    return ["", *wrapped(say("this machine has no NVIDIA GPU, so the stack is one for the CPU")), *label_rows([(say("with a GPU"), command)])]


def _changes(fixing: Fixing, mended: list[Mend], *, verbose: bool) -> list[str]:
    shown = fixing.changes if verbose else fixing.changes[:_SHOWN]
    lines = table([(styled("name", each.name), each.before or "", _after(each)) for each in shown], indent=2)
    if len(fixing.changes) > len(shown):
        lines.append("  " + say("and {count} more: --verbose", count=len(fixing.changes) - len(shown)))
    lines += ["  " + line for each in mended if not fixing.changes or _is_no_change(each, fixing) for line in wrapped(each.says, 78, hanging=2)]
    if fixing.plan is not None and not isinstance(fixing.plan, Refusal):
        lines += ["", stack_line(fixing.plan)]
    if fixing.changes or fixing.again:
        lines += wrapped(say("; ").join(filter(None, (_extent(fixing), _staying(fixing.kept)))))
    return lines


def _is_no_change(mend: Mend, fixing: Fixing) -> bool:
    """Tells whether the table of distributions does not show it: variables, and what is put back as it was."""
    names = {f"{each.name}=={each.after}" for each in fixing.changes} | {each.name for each in fixing.changes if each.after is None}
    return mend.edit is None or not ({*mend.edit.require, *mend.edit.drop} & names)


def _extent(fixing: Fixing) -> str:
    """Says how much less, or more, there is afterwards."""
    amount = fixing.bytes_change
    parts = [*_count(fixing.count_change)]
    if amount is not None and abs(amount) >= 10**6:
        parts.append(say("about {size} less", size=size(-amount)) if amount < 0 else say("about {size} more", size=size(amount)))
    if fixing.download_bytes:
        parts.append(say("{size} to download at most", size=size(fixing.download_bytes)))
    return say(", ").join(parts)


def _staying(count: int) -> str:
    if count == 1:
        return say("the other distribution stays as it is")
    return say("the other {count} distributions stay as they are", count=count) if count else ""


def _count(change: int) -> Iterator[str]:
    if abs(change) == 1:
        yield say("1 package fewer") if change < 0 else say("1 package more")
    elif change:
        yield say("{count} packages fewer", count=counted(-change)) if change < 0 else say("{count} packages more", count=counted(change))


def _after(change: Difference) -> str:
    if change.after is None:
        return say("goes")
    return f"→ {change.after}" if change.before else f"+ {change.after}"


def _by_hand(fixing: Fixing, shell: Shell) -> list[str]:
    """Gives what drivetrain does not do: what might take away something that works, and what lies outside the environment."""
    lines: list[str] = []
    others = [each for each in fixing.edits if not each.planned]
    for title, safety in ((say("only with --unsafe-fixes"), "unsafe"), (say("by your own hand"), "shown")):
        mine = [each for each in others if each.safety == safety]
        lines += ["", styled("strong", title)] if mine else []
        for each in mine:
            lines += ["  " + line for line in wrapped(_titled(each), 78, hanging=2)]
            lines += ["    " + styled("command", line) for command in each.commands for line in folded(command, 76, shell)]
    return lines


def _titled(mend: Mend) -> str:
    causes = ", ".join(mend.causes)
    return f"{mend.says}  {styled('dim', f'[{causes}]')}"


def _left(left: tuple[Left, ...]) -> list[str]:
    if not left:
        return []
    lines = ["", styled("strong", say("what no change clears"))]
    for each in left:
        lines += ["  " + line for line in wrapped(f"{each.about}  {styled('dim', f'[{each.cause}]')}  {each.says}", 78, hanging=2)]
    return lines


def _next(fixing: Fixing, typed: Typed) -> list[str]:
    if not any(each.planned for each in fixing.edits) and any(each.cause in _ONLY_ANEW for each in fixing.findings):
        return label_rows([_anew(fixing, typed)])
    if not fixing.ours:
        if not any(each.planned for each in fixing.edits):
            return []
        rows = [(say("not ours"), say("drivetrain did not make this environment and does not change it"))]
        rows.append(_anew(fixing, typed))
        yourself = (
            ["", say("or change it yourself:"), *("  " + styled("command", line) for each in fixing.commands for line in folded(each, 78, typed.shell))]
            if fixing.commands
            else []
        )
        return [*label_rows(rows), *yourself]
    words = [word for flag in typed.flags for word in flag]
    place = () if fixing.prefix == ".venv" else (fixing.prefix,)
    can_apply = fixing.can_apply and not typed.names_target
    rows = [(say("do it"), styled("command", typed.bare("fix", *place, *words, "--apply")))] if can_apply else []
    if any(each.safety == "unsafe" for each in fixing.edits) and "--unsafe-fixes" not in words:
        rows.append((say("with them"), styled("command", typed.bare("fix", *place, *words, "--unsafe-fixes"))))
    return label_rows(rows)


def _anew(fixing: Fixing, typed: Typed) -> tuple[str, str]:
    """Gives the line that makes the environment anew; for another machine the one that plans it, since nothing can be made here."""
    if typed.names_target:
        flags = tuple(each for each in typed.flags if each[0] not in _CHOOSING)
        return say("plan it"), styled("command", replace(typed, flags=flags).line("plan"))
    if fixing.ours:
        place = () if fixing.prefix == ".venv" else ("--prefix", fixing.prefix)
        return say("make it anew"), styled("command", typed.bare("up", *typed.requirements, *place))
    return say("beside it"), styled("command", typed.bare("up", *typed.requirements, "--prefix", f"{fixing.prefix.rstrip('/')}-fixed"))
