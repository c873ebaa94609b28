"""`drivetrain verify`: proof that each framework computes on each device."""

from __future__ import annotations

import argparse

from drivetrain.cli.audit import place_of
from drivetrain.cli.emit import emit
from drivetrain.cli.session import Session
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", metavar=say("PREFIX"), help=say("the environment; default: the active one, else ./.venv"))
    parser.add_argument("--prefix", metavar=say("FOLDER"), help=say("the same as PREFIX"))
    parser.add_argument("--verbose", action="store_true", help=say("every check, also those that passed"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return ((("verify",), say("the environment at hand")), (("verify", "env", "--verbose"), say("another one, check by check")))


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.cli.progress import progress_of
    from drivetrain.report.text_proof import proof_screen
    from drivetrain.workflows.prefixes import prefix_at_hand
    from drivetrain.workflows.proving import is_proven, proof_of

    done, wanted = proof_of(prefix_at_hand(place_of(options)), progress_of(session))
    return emit(session, done, proof_screen(done, verbose=options.verbose), 0 if is_proven(done, gpu_wanted=wanted) else 1)
