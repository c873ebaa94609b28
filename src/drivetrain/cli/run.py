"""`drivetrain run -- COMMAND...`: the command inside the environment, with the variables that it needs and its own exit code."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit_aside
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say

PASSES_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prefix", metavar=say("FOLDER"), help=say("the environment; default: the active one, else ./.venv"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("run", "--", "python", "train.py"), say("a script in the environment at hand")),
        (("run", "--prefix", "env", "--", "jupyter", "lab"), say("in another one")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    typed = typed_of(options, session)
    if not options.passed_on:
        raise UsageError(say("no command is named"), say("for instance: {command}", command=typed.bare("run", *typed.placed, "--", "python", "train.py")))
    from drivetrain.workflows.prefixes import prefix_at_hand, shown
    from drivetrain.workflows.running import run_inside

    prefix = prefix_at_hand(options.prefix)
    code = run_inside(prefix, tuple(options.passed_on))
    if code not in (0, 130):
        emit_aside(
            session,
            say(
                "ended with {code}; what is wrong with {prefix}, if anything: {command}",
                code=code,
                prefix=shown(prefix),
                command=typed.bare("audit", *typed.placed),
            ),
        )
    return code
