"""Chooses, by name and content, how a file that asks for something is read, and gives the one value for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.draft import Draft, Kind, Reader
from drivetrain.model.request import RequestFile
from drivetrain.words import say

KINDS = "requirements.txt, pyproject.toml, environment.yml, pylock.toml, uv.lock"
"""What can be read, as texts name it."""

_CONDA_HEAD = re.compile(r"^(?:@EXPLICIT\s*$|# packages in environment at )", re.MULTILINE)
_CONDA_LINE = re.compile(r"[A-Za-z0-9_.-]+=[^=\s]+=[^=\s]+\s*")
_ELSEWHERE = {
    "poetry.lock": "poetry export -f requirements.txt",
    "pdm.lock": "pdm export -f pylock",
    "pipfile.lock": "pipenv requirements",
    "pipfile": "pipenv requirements",
    "conda-lock.yml": "conda-lock render --kind explicit",
    "pixi.lock": "pixi workspace export conda-environment",
    "pixi.toml": "pixi workspace export conda-environment",
    "setup.py": "",
    "setup.cfg": "",
}
"""Files that ask for something in a way that is not read, and the command of their own tool that writes one that is."""


def request_file(name: str, text: str, reader: Reader, *, groups: tuple[str, ...] = (), variables: Mapping[str, str] | None = None) -> RequestFile:
    """Reads a file that asks for something.

    `reader` gives the text of a file that this one names; `groups` are the extras and dependency groups asked for; `variables` stand for ${NAME}.
    Raises FileError (a file that is damaged or names one that cannot be read) and UsageError (a file of another kind, a group that is not there).
    """
    kind = kind_of(name, text)
    draft = Draft(name, kind, reader, groups, variables or {})
    if groups and kind in ("requirements", "environment", "conda-list"):
        raise UsageError(say("{file} has no extra or group {group}", file=name, group=groups[0]), say("only a pyproject.toml or a lock has groups"))
    _gatherer(kind)(draft, text.removeprefix("\ufeff"))
    return draft.finished()


def name_and_groups(argument: str) -> tuple[str, tuple[str, ...]]:
    """Takes "pyproject.toml[train,dev]" apart."""
    found = re.fullmatch(r"(.+?)\[([^\]]*)\]", argument)
    if not found:
        return argument, ()
    return found[1], tuple(part.strip() for part in found[2].split(",") if part.strip())


def kind_of(name: str, text: str) -> Kind:
    """Tells what kind of file it is; raises UsageError for one that is not read."""
    file = re.split(r"[\\/]", name)[-1].lower()
    if "\0" in text:
        raise FileError(say("{file} is not a text", file=name), say("what can be read: {kinds}", kinds=KINDS))
    if file.endswith(".ipynb") or file.startswith("dockerfile") or file.endswith(".dockerfile"):
        advice = say("copy its `pip install` lines into a text file: they are read as they are")
        raise UsageError(say("{file} is not a kind of file that is read", file=name), advice)
    if file in _ELSEWHERE or file.endswith((".py", ".whl", ".tar.gz", ".zip")):
        command = _ELSEWHERE.get(file, "")
        other = say("let its own tool write one of these first: {command}", command=command) if command else ""
        own = say("a project is asked for by its folder: drivetrain plan ./folder") if file.startswith("setup.") else ""
        raise UsageError(say("{file} is not a kind of file that is read", file=name), other or own or say("what can be read: {kinds}", kinds=KINDS))
    if file.endswith((".yml", ".yaml")):
        return "environment"
    if file == "uv.lock":
        return "uv-lock"
    if re.fullmatch(r"pylock(\.[^.]+)?\.toml", file):
        return "pylock"
    if file == "pyproject.toml":
        return "pyproject"
    return _by_content(text)


def _by_content(text: str) -> Kind:
    if re.search(r"^lock-version\s*=", text, re.MULTILINE) and "[[packages]]" in text:
        return "pylock"
    if re.search(r"^\[\[package\]\]", text, re.MULTILINE) and re.search(r"^requires-python\s*=|^source\s*=", text, re.MULTILINE):
        return "uv-lock"
    if re.search(r"^\[(?:project|tool\.poetry|dependency-groups|build-system)\]", text, re.MULTILINE):
        return "pyproject"
    if re.search(r"^dependencies:\s*(?:#.*)?$", text, re.MULTILINE):
        return "environment"
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    listed = bool(lines) and all(_CONDA_LINE.fullmatch(line) for line in lines)
    return "conda-list" if listed or _CONDA_HEAD.search(text) else "requirements"


def _gatherer(kind: Kind) -> Callable[[Draft, str], None]:
    """Each reader is loaded when its kind is met: a plan without `-r` pays for none."""
    if kind == "pyproject":
        from drivetrain.formats.pyproject_file import gather_project

        return gather_project
    if kind == "pylock":
        from drivetrain.formats.lock_file import gather_pylock

        return gather_pylock
    if kind == "uv-lock":
        from drivetrain.formats.uv_lock import gather_uv_lock

        return gather_uv_lock
    if kind == "requirements":
        from drivetrain.formats.requirements_file import gather

        return lambda draft, text: gather(draft, text, draft.name)
    from drivetrain.formats.environment_file import gather_conda_list, gather_environment

    return gather_environment if kind == "environment" else gather_conda_list
