"""`drivetrain catalogue show`: the facts that plans rest on, and their age."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit
from drivetrain.cli.parser import one_of
from drivetrain.cli.session import Session
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="show", type=one_of("catalogue", ("show",)), metavar="show", help=say("what the catalogue holds"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return ((("catalogue", "show"), say("every distribution, its newest release, when it was read")),)


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_listing import catalogue_screen
    from drivetrain.workflows.listing import catalogue_summary

    summary = catalogue_summary(session.cache_dir)
    return emit(session, summary, catalogue_screen(summary))
