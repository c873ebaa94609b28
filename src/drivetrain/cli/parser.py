"""Parses the words of one command; whatever is wrong with them is one line that names the nearest flags."""

from __future__ import annotations

import argparse
import re
from types import ModuleType
from typing import NoReturn

from drivetrain.cli.listing import nearest
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        expected = re.fullmatch(r"argument (?P<flag>.+): expected (one|at least one) argument", message)
        says = say("{flag} needs a value", flag=expected["flag"].split("/")[-1]) if expected else message
        raise UsageError(says, say("flags and examples: {command}", command=f"{self.prog} --help"))


def parse(module: ModuleType, name: str, words: list[str], session: Session) -> argparse.Namespace | None:
    """Gives the command's options; None when only its help was asked for, which is then printed."""
    parser = parser_of(module, name, session)
    words, passed_on = _apart(module, parser, words)
    if "-h" in words or "--help" in words:
        from drivetrain.cli.emit import emit_lines, emit_text
        from drivetrain.cli.help import command_help
        from drivetrain.report.text import rendered

        lines = command_help(parser, module, name, session)
        _ = emit_text(session, "help", rendered(lines, colour=False)) if session.json else emit_lines(session, lines)
        return None
    options, left = parser.parse_known_intermixed_args(words)
    if left:
        raise _unknown(parser, left[0])
    options.passed_on = passed_on
    options.program, options.verb = session.program, name
    return options


def parser_of(module: ModuleType, name: str, session: Session) -> Parser:
    """Gives the parser of one command, with the flags that every command takes."""
    parser = Parser(prog=f"{session.program} {name}" if name != "home" else session.program, add_help=False, allow_abbrev=False)
    module.arguments(parser)
    add_everywhere(parser)
    return parser


def add_everywhere(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that every command takes; `Session` reads them, the parser only lets them pass."""
    group = parser.add_argument_group(say("everywhere"))
    group.add_argument("--json", action="store_true", help=say("one JSON document on standard output, whatever happens"))
    group.add_argument("--lang", type=one_of("--lang", ("en", "zh")), metavar="en|zh", help=say("the language; default from LC_ALL, LC_MESSAGES, LANG"))
    group.add_argument("--offline", action="store_true", help=say("ask no index and nothing else on the network"))
    group.add_argument("--quiet", action="store_true", help=say("nothing about what is under way"))
    group.add_argument("--debug", action="store_true", help=say("the traceback when something breaks down"))
    group.add_argument("--cache-dir", metavar=say("FOLDER"), help=say("where facts and wheels are kept (DRIVETRAIN_CACHE_DIR)"))
    group.add_argument("-h", "--help", action="store_true", help=say("this help"))


class OneOf:
    """Reads a flag that takes one of a few words."""

    def __init__(self, flag: str, choices: tuple[str, ...]) -> None:
        self.flag, self.choices = flag, choices

    def __call__(self, value: str) -> str:
        if value not in self.choices:
            raise UsageError(say("{flag} cannot be {value}", flag=self.flag, value=value or '""'), say("one of: {choices}", choices=", ".join(self.choices)))
        return value


def one_of(flag: str, choices: tuple[str, ...]) -> OneOf:
    """Gives the reader of a flag that takes one of a few words."""
    return OneOf(flag, choices)


def _apart(module: ModuleType, parser: argparse.ArgumentParser, words: list[str]) -> tuple[list[str], list[str]]:
    """Parts our own words from those of a command to be run; only `run` has such."""
    if not getattr(module, "PASSES_ON", False):
        return words, []
    with_value = {flag for action in parser._actions if action.nargs != 0 for flag in action.option_strings}
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return words[:at], words[at + 1 :]
        at += 2 if words[at] in with_value else 1
    return words[:at], words[at:]


def _unknown(parser: Parser, word: str) -> UsageError:
    if not word.startswith("-"):
        return UsageError(say("{word} is one word too many", word=word), say("flags and examples: {command}", command=f"{parser.prog} --help"))
    flags = tuple(flag for action in parser._actions for flag in action.option_strings if flag.startswith("--"))
    flag = word.split("=", 1)[0]
    close = nearest(flag, flags)
    near = say("the nearest: {names}", names=", ".join(close)) if close else say("flags and examples: {command}", command=f"{parser.prog} --help")
    return UsageError(say("{command} has no flag {flag}", command=parser.prog, flag=flag), near)
