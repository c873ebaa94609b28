"""`drivetrain install`: the environment exactly as a plan or a lock has it."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import typed_of
from drivetrain.cli.changing import add_changing_flags
from drivetrain.cli.emit import emit
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar=say("PLAN_OR_LOCK"), help=say("a plan written by plan -o, or a pylock.toml"))
    add_changing_flags(parser, dry_run=False)
    parser.add_argument(
        "--for",
        dest="wanted",
        metavar=say("NAME"),
        help=say("which of several plans: a machine, a target or a requirement of theirs; default: the one for this machine"),
    )
    parser.add_argument("--python", metavar=say("VERSION|PATH"), help=say("the interpreter for a lock that names none"))
    parser.add_argument("--fetch-python", action="store_true", help=say("a Python that the machine lacks may be downloaded"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("install", "plan.json"), say("what plan -o wrote, into ./.venv")),
        (("install", "pylock.toml", "--prefix", "env"), say("a lock, to the last hash")),
        (("install", "plans.json"), say("of plans for several machines the one for this machine")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    if not options.file:
        raise UsageError(say("no plan and no lock is named"), say("make one: {command}", command=f"{session.program} plan ... -o plan.json"))
    from drivetrain.cli.asking import asker
    from drivetrain.cli.progress import progress_of
    from drivetrain.report.text_up import install_screen
    from drivetrain.workflows.installing import Installation, install
    from drivetrain.workflows.prefixes import activation, prefix_to_make

    prefix = prefix_to_make(options.prefix)
    typed = typed_of(options, session)
    order = Installation(
        file=options.file,
        prefix=prefix,
        python=options.python,
        wanted=options.wanted,
        fetch_python=options.fetch_python,
        offline=session.offline,
        cache_dir=session.cache_dir,
        ask=asker(session, yes=options.yes),
        progress=progress_of(session),
    )
    done = install(order)
    return emit(session, done, install_screen(done, typed, activate=activation(prefix, session.shell)))
