"""What `up`, `add`, `remove` and `install` share: where the environment is, what is asked before it is made, how the answer is shown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit, emit_course, emit_failure
from drivetrain.cli.session import Session
from drivetrain.model.machine import Machine
from drivetrain.model.report import Up
from drivetrain.model.request import Request
from drivetrain.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from drivetrain.report.typed import Typed
    from drivetrain.workflows.order import Order


def add_changing_flags(parser: argparse.ArgumentParser, *, dry_run: bool = True, at_hand: bool = False) -> None:
    """Adds the flags of the commands that make an environment."""
    group = parser.add_argument_group(say("what is made"))
    place = say("the environment; default: the active one, else ./.venv") if at_hand else say("where the environment is; default ./.venv")
    group.add_argument("--prefix", metavar=say("FOLDER"), help=place)
    if dry_run:
        group.add_argument("--dry-run", action="store_true", help=say("stop after the plan: nothing is changed"))
    group.add_argument("--yes", action="store_true", help=say("ask nothing"))


def ordered(options: argparse.Namespace, session: Session, machine: Machine, request: Request, *, here: bool = True) -> Order:
    """Gives everything that a workflow needs to make an environment."""
    from drivetrain.workflows.prefixes import prefix_to_make

    return ordered_in_place(options, session, machine, request, prefix_to_make(options.prefix), typed_of(options, session), here=here)


def ordered_in_place(
    options: argparse.Namespace, session: Session, machine: Machine, request: Request, prefix: Path, typed: Typed, *, here: bool = True
) -> Order:
    """Gives the same for a prefix that is already known."""
    from drivetrain.cli.asking import asker
    from drivetrain.cli.progress import progress_of
    from drivetrain.workflows.order import Order

    return Order(
        request=request,
        machine=machine,
        prefix=prefix,
        typed=typed,
        language=session.language,
        offline=session.offline,
        cache_dir=session.cache_dir,
        refresh=options.refresh,
        dry_run=getattr(options, "dry_run", False),
        here=here,
        upgrade=getattr(options, "upgrade", True),
        ask=asker(session, yes=options.yes),
        broke=lambda error: emit_course(session, error),
        progress=progress_of(session),
    )


def finish(done: Up, order: Order, options: argparse.Namespace, session: Session) -> int:
    """Shows what was done and gives the exit code."""
    from drivetrain.report.text_up import up_screen
    from drivetrain.workflows.prefixes import activation

    code = exit_code(done)
    if code == 2 and not session.json:
        emit_failure(session, done.says, "")
        return code
    made = bool(done.prefix) and done.status == "done"
    lines = up_screen(done, order.machine, order.typed, activate=activation(order.prefix, session.shell) if made else "")
    return emit(session, done, lines, code)


def exit_code(done: Up) -> int:
    """Gives 0 for done, 3 for refused, 1 after an audit error or a failed proof, 2 after a breakdown of lock or install."""
    if done.status == "done":
        return 0
    if done.status == "refused":
        return 3
    return 1 if done.failed_at in ("audit", "verify") else 2
