"""Writes `--help`: what the command gives, its flags in groups, and examples that work when pasted."""

from __future__ import annotations

import argparse
from types import ModuleType

from drivetrain.cli.listing import entries
from drivetrain.cli.names import shown_frameworks
from drivetrain.cli.session import Session
from drivetrain.report.columns import padded, table, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.report.shell import command_line
from drivetrain.words import say

_FLAG_COLUMN = 26


def top_help(session: Session) -> list[str]:
    """Gives the list of commands."""
    program = session.program
    lines = [say("drivetrain: from GPU driver to training; one stack in which everything fits together"), ""]
    lines += table([(styled("name", f"  {each.name}"), each.says) for each in entries()], columns=100)
    lines += ["", styled("strong", say("examples"))]
    lines += ["  " + styled("command", each) for each in (f"{program} up {' '.join(shown_frameworks())}", f"{program} plan --help")]
    lines += ["", *wrapped(say("everywhere: --json, --lang en|zh, --offline, --quiet, --debug, --cache-dir FOLDER, --help, --version"))]
    codes = say("exit codes: 0 fine · 1 findings or a proof that failed · 2 usage or breakdown · 3 no plan · 130 Ctrl-C")
    return [*lines, *wrapped(codes, 100)]


def command_help(parser: argparse.ArgumentParser, module: ModuleType, name: str, session: Session) -> list[str]:
    """Gives the help of one command."""
    says = next((each.says for each in entries() if each.name == name), say("the machine, the environment at hand and the next command to type"))
    usage = " ".join(_placed(action) for action in parser._actions if not action.option_strings)
    passes = f" -- {say('COMMAND...')}" if getattr(module, "PASSES_ON", False) else ""
    lines = [f"{styled('strong', parser.prog)} {usage} [{say('flags')}]{passes}".replace("  ", " "), *wrapped(says), ""]
    for group in parser._action_groups:
        flags = [action for action in group._group_actions if action.help != argparse.SUPPRESS and (action.option_strings or action.help)]
        if flags:
            title = say("flags") if group.title in ("options", "optional arguments") else group.title or ""
            title = say("arguments") if title == "positional arguments" else title
            lines += [styled("strong", title), *(line for action in flags for line in _flag(action)), ""]
    examples = module.examples(shown_frameworks())
    lines.append(styled("strong", say("examples")))
    typed = [(f"{session.program} {command_line(words, session.shell)}", what) for words, what in examples]
    widest = min(max(width(each) for each, _ in typed), 60)
    for command, what in typed:
        if width(command) > widest:
            lines += ["  " + styled("command", command), " " * (widest + 4) + what]
        else:
            lines.append("  " + padded(styled("command", command), widest) + "  " + what)
    return lines


def _placed(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return {"*": f"[{name}...]", "+": f"{name}...", "?": f"[{name}]"}.get(str(action.nargs), name)


def _flag(action: argparse.Action) -> list[str]:
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    start = "  " + (", ".join(action.option_strings) + value if action.option_strings else _placed(action))
    says = wrapped(action.help or "", 100 - _FLAG_COLUMN)
    if width(start) >= _FLAG_COLUMN:
        return [start, *(" " * _FLAG_COLUMN + each for each in says)]
    return [padded(start, _FLAG_COLUMN) + says[0], *(" " * _FLAG_COLUMN + each for each in says[1:])]
