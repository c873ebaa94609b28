"""`drivetrain add`: the environment planned again with more in it, everything else its owner installed kept."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import typed_of
from drivetrain.cli.changing import add_changing_flags, finish, ordered_in_place
from drivetrain.cli.names import framework_names
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("requirements", nargs="*", metavar=say("REQUIREMENT"), help=say("what comes in, or replaces what was asked for under this name"))
    add_changing_flags(parser, at_hand=True)
    parser.add_argument("--refresh", action="store_true", help=say("ask the indexes for news first"))
    parser.add_argument("--fetch-python", action="store_true", help=say("a Python that the machine lacks may be downloaded"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("add", "transformers"), say("one thing more")),
        (("add", f"{frameworks[-1] if frameworks else 'numpy'}>=2.6", "--dry-run"), say("what would change")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return framework_names()


def run(options: argparse.Namespace, session: Session) -> int:
    if not options.requirements:
        raise UsageError(say("nothing is named"), say("name what comes in: {command}", command=f"{session.program} add transformers"))
    from drivetrain.workflows.change import request_with
    from drivetrain.workflows.machine import this_machine
    from drivetrain.workflows.prefixes import prefix_at_hand
    from drivetrain.workflows.up import up

    prefix = prefix_at_hand(options.prefix)
    request = request_with(prefix, tuple(options.requirements), fetch_python=options.fetch_python)
    order = ordered_in_place(options, session, this_machine(), request, prefix, typed_of(options, session))
    return finish(up(order), order, options, session)
