"""`drivetrain` alone: the machine, the environment at hand, the next command to type."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit
from drivetrain.cli.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none of its own."""


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return ()


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_home import home_screen
    from drivetrain.workflows.home import home
    from drivetrain.workflows.machine import this_machine

    machine = this_machine()
    return emit(session, machine, home_screen(machine, home(machine), typed_of(options, session)))
