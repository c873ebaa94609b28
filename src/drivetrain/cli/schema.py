"""`drivetrain schema NAME`: the JSON Schema of a document."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit, emit_text
from drivetrain.cli.listing import nearest
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar=say("NAME"), help=say("plan, machine, up, audit, ...; without it, their list"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return ((("schema",), say("every name")), (("schema", "plan"), say("the schema of what plan --json prints")))


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    from drivetrain.report.schemas import TYPES

    return tuple(sorted(TYPES))


def run(options: argparse.Namespace, session: Session) -> int:
    import json

    from drivetrain.report.schemas import TYPES, schema

    if not options.name:
        return emit(session, {"schema": "drivetrain/schemas/1", "names": sorted(TYPES)}, sorted(TYPES))
    if options.name not in TYPES:
        close = nearest(options.name, tuple(TYPES)) or tuple(TYPES)
        raise UsageError(say("there is no document {name}", name=options.name), say("there are: {names}", names=", ".join(close)))
    document = schema(options.name)
    if session.json:
        return emit(session, document, ())
    return emit_text(session, "schema", json.dumps(document, indent=1, ensure_ascii=False))
