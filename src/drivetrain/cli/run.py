"""`drivetrain run -- COMMAND...`: the command inside the environment, with the variables that it needs and its own exit code; explained when it fails."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit_aside
from drivetrain.cli.session import Session
from drivetrain.errors import DrivetrainError, UsageError
from drivetrain.report.typed import Typed
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
    ran = run_inside(prefix, tuple(options.passed_on))
    if ran.code not in (0, 130) and not session.quiet:
        lines = _explained(session, ran.said.blocks, prefix, typed) if ran.said else []
        audit = typed.bare("audit", *typed.placed)
        said = say("ended with {code}; what is wrong with {prefix}, if anything: {command}", code=ran.code, prefix=shown(prefix), command=audit)
        emit_aside(session, "\n".join(("", *lines) if lines else (said,)))
    return ran.code


def _explained(session: Session, blocks: Iterable[bytes], prefix: Path, typed: Typed) -> list[str]:
    """Gives what the command's last words mean; nothing where nothing in them is known to be a fault."""
    from drivetrain.report.text_diagnosis import diagnosis_screen
    from drivetrain.workflows.explaining import Question, explained
    from drivetrain.workflows.logs import Log

    try:
        found = explained(Log(blocks), Question(prefix=str(prefix), typed=typed, settings=session))
    except DrivetrainError:  # What went wrong here must not hide the command's own end.
        return []
    real = [each for each in found.causes if not each.benign]
    if not real:
        return []
    return diagnosis_screen(replace(found, causes=tuple(real)), page=typed.bare("explain", "CAUSE"), shell=session.shell)
