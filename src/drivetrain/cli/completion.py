"""`drivetrain completion SHELL`: the completion script of a shell, made from the parsers themselves."""

from __future__ import annotations

import argparse
from importlib import import_module

from drivetrain.cli.emit import emit_text
from drivetrain.cli.listing import entries
from drivetrain.cli.parser import one_of, parser_of
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say

SHELLS = ("bash", "zsh", "fish", "powershell")


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

    return emit_text(session, "completion", script(options.shell, _flags(session)))


def _flags(session: Session) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Gives each command's line of help and flags."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for entry in entries():
        parser = parser_of(import_module(f"drivetrain.cli.{entry.module}"), entry.name, session)
        found[entry.name] = (entry.says, tuple(flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")))
    return found
