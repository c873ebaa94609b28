"""Finds the command, runs it, and turns whatever breaks into one line (or one JSON document) and an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from drivetrain.cli.emit import emit_course, emit_failure, emit_lines, emit_text, prepare_streams
from drivetrain.cli.listing import GLOBAL_VALUES, entries, nearest
from drivetrain.cli.session import Session, session_of
from drivetrain.errors import DrivetrainError, Interrupted, UsageError
from drivetrain.words import say, speak, why


def dispatch(arguments: Sequence[str]) -> int:
    """Runs the command that the arguments name."""
    prepare_streams()
    session = session_of(arguments, os.environ)
    speak(session.language)
    try:
        return _command(list(arguments), session)
    except (KeyboardInterrupt, Interrupted) as stop:
        says = stop.says if isinstance(stop, Interrupted) else say("interrupted: nothing was changed")
        emit_failure(session, says, stop.next if isinstance(stop, Interrupted) else "")
        return 130
    except DrivetrainError as error:
        return _broken(session, error, error.says, error.next)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _broken(session, error, f"{place}{why(error)}", say("see the whole course with --debug"))
    except Exception as error:
        says = say("drivetrain broke down: {error}", error=f"{type(error).__name__}: {error}")
        return _broken(session, error, says, say("see the whole course with --debug, and report it"))


def _broken(session: Session, error: Exception, says: str, next_line: str) -> int:
    """Says in one line what broke; under --debug its course comes first."""
    emit_course(session, error)
    emit_failure(session, says, next_line)
    return 2


def _command(arguments: list[str], session: Session) -> int:
    name, rest = split(arguments)
    if name is None:
        if "--version" in rest or "-V" in rest:
            from drivetrain import __version__

            return emit_text(session, "version", f"drivetrain {__version__}")
        if "--help" in rest or "-h" in rest:
            return _help(session)
        name = "home"
    elif name == "help":
        name, rest = (rest[0], [*rest[1:], "--help"]) if rest and not rest[0].startswith("-") else ("", rest)
        if not name:
            return _help(session)
    module = _module(name, session)
    from drivetrain.cli.parser import parse

    options = parse(module, name, rest, session)
    return 0 if options is None else int(module.run(options, session))


def _help(session: Session) -> int:
    from drivetrain.cli.help import top_help
    from drivetrain.report.text import rendered

    if session.json:
        return emit_text(session, "help", rendered(top_help(session), colour=False))
    return emit_lines(session, top_help(session))


def _module(name: str, session: Session) -> ModuleType:
    modules = {"home": "home", **{each.name: each.module for each in entries()}}
    if name not in modules:
        close = nearest(name, tuple(each.name for each in entries()))
        near = say("the nearest: {names}", names=", ".join(close)) if close else say("every command: {command}", command=f"{session.program} --help")
        raise UsageError(say("there is no command {name}", name=name), near)
    return import_module(f"drivetrain.cli.{modules[name]}")


def split(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Gives the command and everything else; the flags that every command takes may stand before it."""
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word in GLOBAL_VALUES:
            at += 2
        elif word.startswith("-"):
            at += 1
        else:
            return word, arguments[:at] + arguments[at + 1 :]
    return None, arguments
