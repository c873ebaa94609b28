"""`drivetrain completion SHELL`: the completion script of a shell, made from the parsers themselves."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from drivetrain.cli.emit import emit_text
from drivetrain.cli.listing import GLOBAL_VALUES, entries
from drivetrain.cli.parser import OneOf, one_of, parser_of
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say

if TYPE_CHECKING:
    from drivetrain.report.completion import Command, Flag

SHELLS = ("bash", "zsh", "fish", "powershell")
WORDS_ONLY = ("versions", "catalogue", "schema", "completion")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", nargs="?", type=one_of("completion", SHELLS), metavar=say("SHELL"), help=" | ".join(SHELLS))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("completion", "bash"), say("then: source <(drivetrain completion bash), best in ~/.bashrc")),
        (("completion", "zsh"), say("write it to a file _drivetrain in a folder of $fpath")),
        (("completion", "fish"), say("write it to ~/.config/fish/completions/drivetrain.fish")),
        (("completion", "powershell"), say("add it to the file that $PROFILE names")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    if not options.shell:
        raise UsageError(say("no shell is named"), say("one of: {choices}", choices=", ".join(SHELLS)))
    from drivetrain.report.completion import script

    return emit_text(session, "completion", script(options.shell, _commands(session), GLOBAL_VALUES))


def _commands(session: Session) -> tuple[Command, ...]:
    """Gives what can be completed of each command."""
    from drivetrain.report.completion import Command

    found: list[Command] = []
    for entry in entries():
        module = import_module(f"drivetrain.cli.{entry.module}")
        actions = parser_of(module, entry.name, session)._actions
        words: tuple[str, ...] = getattr(module, "completed", tuple)()
        placed = next((each.type.choices for each in actions if not each.option_strings and isinstance(each.type, OneOf)), ())
        flags = tuple(_flag(each) for each in actions if each.option_strings)
        found.append(Command(name=entry.name, says=entry.says, flags=flags, words=(*words, *placed), files=entry.name not in WORDS_ONLY))
    return tuple(found)


def _flag(action: argparse.Action) -> Flag:
    from drivetrain.report.completion import Flag

    words: tuple[str, ...] = action.type.choices if isinstance(action.type, OneOf) else ()
    files = (say("FILE"), say("FOLDER"), say("VERSION|PATH"), say("FOLDER|URL"))
    value = "" if action.nargs == 0 else "words" if words else "file" if action.metavar in files else "text"
    return Flag(names=tuple(reversed(action.option_strings)), value=value, words=words, says=action.help or "")
