"""`drivetrain up`: plan, lock, install, audit, proof and report in one go."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import add_request_flags, request_of, typed_of
from drivetrain.cli.changing import add_changing_flags, finish, ordered
from drivetrain.cli.names import framework_names
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_target_flags, one_aim, with_interpreter
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    add_request_flags(parser)
    add_changing_flags(parser)
    add_target_flags(parser)
    parser.add_argument("--upgrade", action="store_true", help=say("plan again although the environment still serves the request"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("up", *frameworks), say("an environment in ./.venv, installed, audited and proven")),
        (("up", *frameworks, "--dry-run"), say("the plan only, nothing changed")),
        (("up", "-r", "requirements.txt", "--prefix", "env", "--yes"), say("a project's requirements, elsewhere, without a question")),
        (("up", *frameworks, "--accelerator", "cpu"), say("without the GPU")),
        (("up", *frameworks, "--family", "any"), say("an environment for each CUDA, all newest")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return framework_names()


def run(options: argparse.Namespace, session: Session) -> int:
    aim = one_aim(options, session)
    if not aim.here and not options.dry_run:
        raise UsageError(
            say("up installs on this machine, and another one is meant"),
            say("plan for it with --dry-run, or: {command}", command=typed_of(options, session).line("plan", "-o", "plan.json")),
        )
    if options.family == "any":
        from drivetrain.cli.up_families import up_families

        return up_families(options, session, aim)
    from drivetrain.workflows.up import up

    machine = with_interpreter(aim.machine, options)
    order = ordered(options, session, machine, request_of(options, machine, session), here=aim.here)
    return finish(up(order), order, options, session)
