"""`drivetrain fix`: the smallest set of changes that clears an environment's findings, shown first, made with --apply."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from drivetrain.cli.asked import typed_of
from drivetrain.cli.audit import place_of
from drivetrain.cli.audit_choice import add_choice_flags, choice_of_options
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
    parser.add_argument("--unsafe-fixes", action="store_true", help=say("count those fixes too that may take away something which works"))
    parser.add_argument("--yes", action="store_true", help=say("ask nothing"))
    parser.add_argument("--refresh", action="store_true", help=say("ask the indexes for news first"))
    parser.add_argument("--verbose", action="store_true", help=say("every distribution that changes"))
    add_choice_flags(parser)
    add_target_flags(parser)


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("fix",), say("what would change, nothing done")),
        (("fix", "--apply"), say("the changes made")),
        (("fix", "--select", "cuda-*", "--apply"), say("for some causes only")),
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
    asked = typed_of(options, session)
    typed = replace(asked, flags=())
    order = ordered_in_place(options, session, aim.machine, Request(wishes=()), prefix, typed, here=aim.here)
    choice = choice_of_options(options, prefix)
    done = fix(order, apply=options.apply, unsafe=options.unsafe_fixes, choice=None if choice.is_empty else choice)
    if done.up is not None and exit_code(done.up) == 2 and not session.json:
        emit_failure(session, done.up.says, "")
        return 2
    again = replace(typed, requirements=done.asked, flags=(*asked.flags, *_flags(options)))
    lines = fix_screen(done, aim.machine, again, activate=activation(prefix, session.shell), verbose=options.verbose)
    return emit(session, done, lines, _code(done, exit_code(done.up) if done.up else 0))


def _flags(options: argparse.Namespace) -> tuple[tuple[str, ...], ...]:
    """Gives the flags that say what counts, for the line to type next."""
    flags = [(name, value) for name, values in (("--select", options.select), ("--ignore", options.ignore)) for value in values or ()]
    flags += [(name, value) for name, value in (("--config", options.config), ("--baseline", options.baseline)) if value is not None]
    return (*flags, *((("--unsafe-fixes",),) if options.unsafe_fixes else ()))


def _code(done: Fixing, made: int) -> int:
    """Gives 0 where nothing is wrong any more, 1 while an error stands or a change waits, 3 where no stack serves the machine as it is."""
    if done.up is not None:
        return made or (1 if any(each.severity == "error" for each in done.left) else 0)
    if isinstance(done.plan, Refusal):
        return 3
    if done.applied:
        return 1 if any(each.severity == "error" for each in done.left) else 0
    return 1 if any(each.planned for each in done.edits) or any(each.severity == "error" for each in done.findings) else 0
