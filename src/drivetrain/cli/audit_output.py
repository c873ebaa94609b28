"""How `drivetrain audit` gives its answer: the flags for formats and files, and the writing; a file never takes the screen's place."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.cli.emit import emit, emit_lines, emit_text
from drivetrain.cli.parser import one_of
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.model.outcome import Audit, Format, Threshold
from drivetrain.words import say


class Done(Struct, frozen=True, kw_only=True):
    """An audit, where it was, and its screen."""

    audit: Audit
    prefix: Path
    lines: tuple[str, ...]
    mend: str = ""
    """The line that finds the smallest change which clears the findings."""


def add_output_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that choose the format, the file and what counts as a failure."""
    formats, thresholds = get_args(Format), get_args(Threshold)
    group = parser.add_argument_group(say("the answer"))
    group.add_argument(
        "--format", type=one_of("--format", formats), metavar="|".join(formats), help=say("for people or for a program; --json is --format json")
    )
    group.add_argument("-o", "--output", metavar=say("FILE"), help=say("write it to a file too; the screen then shows it for people"))
    group.add_argument(
        "--fail-on", type=one_of("--fail-on", thresholds), metavar="|".join(thresholds),
        help=say("the least severity that ends with 1; default error"),
    )  # fmt: skip


def exit_code_of(audit: Audit, options: argparse.Namespace) -> int:
    """Gives 1 when something was found that is as bad as `--fail-on` says."""
    return 1 if audit.failing(cast(Threshold, options.fail_on)) else 0


def emit_audit(options: argparse.Namespace, session: Session, done: Done) -> int:
    """Writes the answer as asked for; gives the exit code."""
    from drivetrain.report.text import rendered
    from drivetrain.workflows.audit_documents import Told, audit_document, summarise

    form, code = format_of(options), exit_code_of(done.audit, options)
    told = Told(audit=done.audit, prefix=done.prefix, threshold=cast(Threshold, options.fail_on), mend=done.mend)
    document = "" if form == "text" else audit_document(told, form)
    if form == "github":
        summarise(told)
    if options.output:
        from drivetrain.workflows.files import write_text

        write_text(options.output, document or rendered(done.lines, colour=False))
    if form == "json" or session.json:
        return emit(replace(session, json=True), done.audit, (), code)
    if form == "github" or (document and not options.output):
        # What reads it takes it for UTF-8, whatever the code page of this system.
        with contextlib.suppress(AttributeError):
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        emit_text(session, "audit", document)
    else:
        emit_lines(session, done.lines)
    return code


def format_of(options: argparse.Namespace) -> Format:
    """Gives the format that was asked for; raises UsageError where --json and --format contradict each other."""
    form = cast("Format | None", options.format)
    if options.json and form not in (None, "json") and not options.output:
        raise UsageError(say("{one} and {other} contradict each other", one="--json", other=f"--format {form}"), say("take one of them"))
    return form or ("json" if options.json else "text")
