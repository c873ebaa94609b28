"""`drivetrain versions COMPONENT`: every version that exists, place by place, and which of them the target can use."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from drivetrain.cli.emit import emit
from drivetrain.cli.names import framework_names
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_target_flags, one_aim
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("component", nargs="?", metavar=say("COMPONENT"), help=say("a framework, another distribution of the catalogue, cuda or cudnn"))
    parser.add_argument("--all", action="store_true", help=say("every version, one a line, with the reason against each that cannot be used"))
    add_target_flags(parser)


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    name = frameworks[-1] if frameworks else "numpy"
    return (
        (("versions", name), say("for this machine")),
        (("versions", "cudnn", "--os", "linux", "--gpu", "sm_70", "--driver", "580"), say("for a machine that is described")),
        (("versions", "cuda", "--all"), say("every version, one a line")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return (*framework_names(), "cuda", "cudnn")


def run(options: argparse.Namespace, session: Session) -> int:
    if not options.component:
        raise UsageError(say("no component is named"), say("for instance: {command}", command=f"{session.program} versions cudnn"))
    from drivetrain.cli.asked import typed_of
    from drivetrain.report.text_versions import versions_screen
    from drivetrain.workflows.versions import place_titles, versions_of

    aim, typed = one_aim(options, session), typed_of(options, session)

    def line(requirement: str) -> str:
        return replace(typed, requirements=(requirement,)).line("up" if aim.here else "plan")

    versions = versions_of(options.component, aim.machine, session.cache_dir, line=line)
    again = replace(typed, requirements=(options.component,)).line("versions", "--all")
    return emit(session, versions, versions_screen(versions, place_titles(), every=options.all, again=again))
