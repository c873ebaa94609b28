"""Writes a command's answer: one JSON document on standard output, or lines for people; a reader that went away is no error."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from drivetrain.cli.session import Session

_COMMAND = re.compile(
    r"(?<![\w./\\-])drivetrain(?= (?:--|probe|plan|up|add|remove|install|audit|fix|inspect|verify|bench|run|explain|versions|export"
    r"|catalogue|schema|completion)\b| --)"
)


def prepare_streams() -> None:
    """Keeps characters that the terminal's encoding lacks from breaking a screen."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def emit(session: Session, value: Any, lines: Iterable[str], code: int = 0) -> int:
    """Writes the value as JSON where asked for, else the lines; gives the exit code back."""
    if session.json:
        _write(sys.stdout, as_called(session, _document(value)))
    else:
        emit_lines(session, lines)
    return code


def emit_lines(session: Session, lines: Iterable[str]) -> int:
    """Writes lines for people on standard output."""
    from drivetrain.report.text import rendered

    _write(sys.stdout, as_called(session, rendered(lines, colour=session.colour)))
    return 0


def emit_text(session: Session, name: str, text: str) -> int:
    """Writes a text that is no answer to a question (help, a script): as it is, or as the one field of a document."""
    if session.json:
        return emit(session, {"schema": f"drivetrain/{name}/1", "text": text}, ())
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")
    return 0


def emit_aside(session: Session, text: str) -> None:
    """Writes a line about what is under way to standard error, unless --quiet."""
    if not session.quiet and not session.json:
        from drivetrain.report.text import rendered

        colour = session.colour and sys.stderr.isatty()
        _write(sys.stderr, as_called(session, rendered([text], colour=colour)))


def emit_failure(session: Session, says: str, next_line: str) -> None:
    """Writes one line: what, where, what next."""
    if session.json:
        from drivetrain.model.report import Failure

        _write(sys.stdout, as_called(session, _document(Failure(says=says, next=next_line))))
        return
    from drivetrain.report.text import rendered

    line = " ".join(f"{says} → {next_line}".split()) if next_line else " ".join(says.split())
    _write(sys.stderr, as_called(session, rendered([line], colour=False)))


def emit_course(session: Session, error: BaseException) -> None:
    """Writes to standard error how something came to break, and all that the program which broke has said; under --debug alone."""
    if session.debug:
        import traceback

        _write(sys.stderr, "".join(traceback.format_exception(error)))
        course = getattr(error, "course", "")
        if course:
            _write(sys.stderr, f"{course}\n")


def as_called(session: Session, text: str) -> str:
    """Gives the text with lines to type that begin as the user's own did: "./drivetrain run" after the wrapper."""
    if session.program == "drivetrain":
        return text
    program = session.program
    if session.json:
        import json

        program = json.dumps(program)[1:-1]
    return _COMMAND.sub(lambda _: program, text)


def _document(value: Any) -> str:
    from drivetrain.model.documents import encode

    return encode(value).decode()


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and not (os.name == "nt" and error.errno == errno.EINVAL):
            raise
        # The reader (head, less) has what it wanted (Windows says EINVAL); the interpreter would complain again when it flushes at exit.
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, stream.fileno())
        os.close(silence)
