"""Reads requirements.txt and the files it includes.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/. A line that cannot be understood becomes a warning with its number;
a file that is included and cannot be read is an error, since nobody knows what it asks for.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from msgspec.structs import replace

from drivetrain.formats.copied_lines import COMMAND, OF_THE_COMMAND, SHELL
from drivetrain.formats.draft import Draft, beside
from drivetrain.formats.frozen import of_any_machine
from drivetrain.formats.requirement_lines import logical, numbered
from drivetrain.formats.requirements import requirement_text
from drivetrain.model.request import Wish
from drivetrain.words import say

_SPELLINGS = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-i": "--index-url",
    "--pypi-url": "--index-url",
    "-f": "--find-links",
    "-e": "--editable",
}
_WITH_VALUE = (
    "--requirement",
    "--constraint",
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--editable",
    "--no-binary",
    "--only-binary",
    "--hash",
    "--trusted-host",
    "--use-feature",
    "--config-settings",
    "--global-option",
    "--install-option",
    "--build-option",
)
_PROMISED = ("--prefer-binary", "--use-feature")
"""What drivetrain does anyway, or what changes nothing about what is asked for."""

_OF_THE_WHOLE_FILE = ("--index-url", "--extra-index-url", "--find-links", "--no-index", "--pre", "--trusted-host", "--no-binary", "--only-binary")
"""Options that say where the whole file's packages come from.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/#per-requirement-options"""


def requirement_line(wish: Wish) -> str:
    """Gives the line of a requirements file that `gather` reads back to the same wish."""
    text = requirement_text(wish)
    hashes = "".join(f" --hash={each}" for each in wish.hashes)
    return f"-e {text}" if wish.editable else f"{text}{hashes}"


def gather(draft: Draft, text: str, name: str, *, constraining: bool = False, above: tuple[str, ...] = ()) -> None:
    """Adds what the text of the file of that name asks for to the draft."""
    gather_lines(draft, numbered(text), name, constraining=constraining, above=above)


def gather_lines(draft: Draft, lines: Iterable[tuple[int, str]], name: str, *, constraining: bool = False, above: tuple[str, ...] = ()) -> None:
    """Adds what these numbered lines of the file of that name ask for."""
    for number, line in logical(lines, draft.variables):
        origin = f"{name}:{number}"
        editable = re.fullmatch(r"(?:-e\s*|--editable(?:\s+|=))(.*)", line)
        command = COMMAND.match(line)
        if command:
            _install_command(draft, line[command.end() :], origin, (*above, name))
        elif editable:
            _requirement(draft, editable[1].strip().strip("'\""), origin, constraining, editable=True)
        elif SHELL.match(line):
            draft.warn(origin, say("{text} is a command, not a requirement, and was left out", text=line))
        elif line.startswith("-"):
            _options(draft, line, origin, constraining, (*above, name))
        else:
            _requirement(draft, line, origin, constraining)


def _install_command(draft: Draft, words: str, origin: str, above: tuple[str, ...]) -> None:
    """Reads what follows `pip install`, as it is copied from a README, a notebook or a Dockerfile, and such commands behind it on the line."""
    this, *following = re.split(r"(?:&&|\|\||(?<!\S);(?!\S)|\|)", words)
    _installed_by(draft, this, origin, above)
    for each in following:
        command = COMMAND.match(each.strip())
        if command:
            _installed_by(draft, each.strip()[command.end() :], origin, above)


def _installed_by(draft: Draft, words: str, origin: str, above: tuple[str, ...]) -> None:
    before, index = len(draft.wishes), ""
    for option, value in _taken_apart(draft, words, origin):
        if not option.startswith("-"):
            if option != "pip":
                _requirement(draft, f"{option}={value}" if value else option, origin, False)
        elif option == "--index-url":
            index = value
        elif option == "--editable":
            _requirement(draft, value, origin, False, editable=True)
        elif option in _WITH_VALUE or option in ("--pre", "--no-index"):
            _option(draft, option, value, origin, False, above)
        elif option not in OF_THE_COMMAND:
            draft.warn(origin, say("{option} is not understood and was left out", option=option))
    # The index is this command's alone: the others take the configured one.
    draft.wishes[before:] = [replace(each, index=each.index or index) if not each.url else each for each in draft.wishes[before:]]


def _requirement(draft: Draft, line: str, origin: str, constraining: bool, editable: bool = False) -> None:
    text, *rest = re.split(r"(?<!\s)\s+(?=--?[A-Za-z])", line, maxsplit=1)
    wish = draft.wish(text, origin)
    if wish is None:
        return
    hashes: list[str] = []
    for option, value in _taken_apart(draft, rest[0] if rest else "", origin):
        if option == "--hash":
            hashes.append(value)
        elif option in _OF_THE_WHOLE_FILE:
            says = say("{option} stands behind a requirement, where pip ignores it and uv stops: it needs a line of its own", option=option)
            draft.warn(origin, says, "option-without-effect")
        else:
            draft.warn(origin, say("{option} is a build option and was left out", option=option))
    wish = of_any_machine(draft, replace(wish, hashes=tuple(hashes), editable=editable), origin)
    if wish is not None:
        (draft.constraints if constraining else draft.wishes).append(wish)


def _options(draft: Draft, line: str, origin: str, constraining: bool, above: tuple[str, ...]) -> None:
    for option, value in _taken_apart(draft, line, origin):
        _option(draft, option, value, origin, constraining, above)


def _option(draft: Draft, option: str, value: str, origin: str, constraining: bool, above: tuple[str, ...]) -> None:
    if unset := re.search(r"\$\{([A-Z0-9_]+)\}", value):
        draft.warn(origin, say("${{{name}}} is not set: the address is taken as it stands", name=unset[1]))
    if option in ("--requirement", "--constraint"):
        _include(draft, beside(above[-1], value), origin, constraining or option == "--constraint", above)
    elif option == "--index-url":
        if draft.index and draft.index != value:
            draft.warn(origin, say("a second --index-url takes the place of the first, as in pip"))
        draft.index = value
    elif option == "--extra-index-url":
        draft.indexes.append(value)
    elif option == "--find-links":
        draft.find_links.append(beside(above[-1], value))
    elif option in ("--no-binary", "--only-binary"):
        names = draft.no_binary if option == "--no-binary" else draft.only_binary
        names.extend(part.strip() for part in value.split(",") if part.strip())
    elif option == "--pre":
        draft.pre = True
    elif option == "--no-index":
        draft.no_index = True
    elif option == "--require-hashes":
        draft.require_hashes = True
    elif option == "--trusted-host":
        draft.warn(origin, say("--trusted-host was left out: whom to trust is for your own pip or uv configuration to say"))
    elif option not in _PROMISED:
        draft.warn(origin, say("{option} is not understood and was left out", option=option))


def _include(draft: Draft, target: str, origin: str, constraining: bool, above: tuple[str, ...]) -> None:
    if target in above:
        draft.warn(origin, say("{file} includes itself; it is read once", file=target))
        return
    gather(draft, draft.text_of(target, origin), target, constraining=constraining, above=above)


def _taken_apart(draft: Draft, line: str, origin: str) -> list[tuple[str, str]]:
    """The options of a line with their values; backslashes stay, so that Windows paths do."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        words = list(lexer)
    except ValueError:
        draft.warn(origin, say("{text} is not understood and was left out: a quotation mark is missing", text=line))
        return []
    found: list[tuple[str, str]] = []
    while words:
        word = words.pop(0)
        option, equals, value = word.partition("=")
        if word[:2] in _SPELLINGS and len(word) > 2 and not word.startswith("--"):
            option, equals, value = word[:2], "=", word[2:].removeprefix("=")
        option = _SPELLINGS.get(option, option)
        if option in _WITH_VALUE and not equals:
            if not words:
                draft.warn(origin, say("{option} has no value and was left out", option=option))
                continue
            value = words.pop(0)
        found.append((option, value))
    return found
