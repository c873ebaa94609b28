"""`drivetrain probe`: this machine, or what a machine file holds."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit, emit_aside
from drivetrain.cli.session import Session
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--save", metavar=say("FILE"), help=say("write the machine to a file that other commands take with --machine"))
    parser.add_argument("--check-indexes", action="store_true", help=say("ask each package index whether it answers"))
    parser.add_argument("--machine", metavar=say("FILE"), help=say("show a saved machine instead of this one"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("probe",), say("GPU, driver, highest CUDA, and what else plans depend on")),
        (("probe", "--save", "server.json"), say("for planning on another machine")),
        (("probe", "--json"), say("for programs")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_machine import machine_screen
    from drivetrain.workflows.machine import machine_from_file, save_machine, this_machine

    machine = machine_from_file(options.machine) if options.machine else this_machine(check_indexes=options.check_indexes and not session.offline)
    if options.save:
        save_machine(machine, options.save)
    code = emit(session, machine, machine_screen(machine, typed_of(options, session)))
    if options.save:
        emit_aside(session, say("saved in {path}", path=options.save))
    return code
