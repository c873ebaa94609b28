"""`drivetrain versions COMPONENT`: every version that the catalogue knows, and which of them the target can use."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit
from drivetrain.cli.names import framework_names
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_target_flags, one_aim
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("component", nargs="?", metavar=say("COMPONENT"), help=say("a framework, another distribution of the catalogue, cuda or cudnn"))
    add_target_flags(parser)


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    name = frameworks[-1] if frameworks else "numpy"
    return (
        (("versions", name), say("for this machine")),
        (("versions", "cudnn", "--os", "linux", "--gpu", "sm_70", "--driver", "580"), say("for a machine that is described")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return (*framework_names(), "cuda", "cudnn")


def run(options: argparse.Namespace, session: Session) -> int:
    if not options.component:
        raise UsageError(say("no component is named"), say("for instance: {command}", command=f"{session.program} versions cudnn"))
    from drivetrain.report.text_listing import versions_screen
    from drivetrain.workflows.listing import versions_of

    versions = versions_of(options.component, one_aim(options, session).machine, session.cache_dir)
    return emit(session, versions, versions_screen(versions))
