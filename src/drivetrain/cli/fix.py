"""`drivetrain fix`: the smallest set of changes that clears an environment's findings, shown first, made with --apply."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from drivetrain.cli.asked import typed_of
from drivetrain.cli.audit import place_of
from drivetrain.cli.emit import emit, emit_failure
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_target_flags, one_aim
from drivetrain.model.fixing import Fixing
from drivetrain.model.plan import Refusal
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", metavar=say("PREFIX"), help=say("the environment; default: the active one, else ./.venv"))
    parser.add_argument("--prefix", metavar=say("FOLDER"), help=say("the same as PREFIX"))
    parser.add_argument("--apply", action="store_true", help=say("make the changes: staged, audited and proven first; what was there is kept"))
    parser.add_argument("--yes", action="store_true", help=say("ask nothing"))
    parser.add_argument("--refresh", action="store_true", help=say("ask the indexes for news first"))
    parser.add_argument("--verbose", action="store_true", help=say("every distribution that changes"))
    add_target_flags(parser)


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("fix",), say("what would change, nothing done")),
        (("fix", "--apply"), say("the changes made")),
        (("fix", "/srv/envs/train", "--machine", "server.json"), say("for another machine, to look at")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.cli.changing import exit_code, ordered_in_place
    from drivetrain.model.request import Request
    from drivetrain.report.text_fix import fix_screen
    from drivetrain.workflows.fixing import fix
    from drivetrain.workflows.prefixes import activation, prefix_at_hand

    prefix, aim = prefix_at_hand(place_of(options)), one_aim(options, session)
    options.prefix = place_of(options)
    typed = replace(typed_of(options, session), flags=())
    order = ordered_in_place(options, session, aim.machine, Request(wishes=()), prefix, typed, here=aim.here)
    done = fix(order, apply=options.apply)
    if done.up is not None and exit_code(done.up) == 2 and not session.json:
        emit_failure(session, done.up.says, "")
        return 2
    lines = fix_screen(done, aim.machine, replace(typed, requirements=done.asked), activate=activation(prefix, session.shell), verbose=options.verbose)
    return emit(session, done, lines, _code(done, exit_code(done.up) if done.up else 0))


def _code(done: Fixing, made: int) -> int:
    """Gives 0 where nothing is wrong any more, 1 while findings stand, 3 where no stack serves the machine as it is."""
    if done.up is not None:
        return made
    if isinstance(done.plan, Refusal):
        return 3
    return 1 if done.findings else 0
