"""Reads the place that a virtual environment was made for, as its activation, its pyvenv.cfg and its programs name it."""

from __future__ import annotations

import re
import shlex
from typing import Literal

from drivetrain.binaries.regular_file import content_of
from drivetrain.model.site_folder import Origin, Program
from drivetrain.scan.interpreter import named_in
from drivetrain.scan.place import Place, host_os

_SET = re.compile(r"^[ \t]*(?:export[ \t]+)?VIRTUAL_ENV=(.+)$", re.MULTILINE)
_WHOLE = re.compile(r"/.*|[A-Za-z]:[\\/].*")
_KEPT = ".drivetrain"
"""Where drivetrain makes and keeps environments beside the prefix that they are meant for."""


def origin_of(place: Place) -> Origin | None:
    """Gives the place that a virtual environment was made for; None for every other kind."""
    if place.kind != "venv":
        return None
    folder, named_by = _folder(place)
    if not folder or _KEPT in place.prefix.parts:
        return Origin(folder=folder, named_by=named_by, state="kept" if folder else "unnamed")
    state = _state(place, folder)
    return Origin(folder=folder, named_by=named_by, state=state, programs=_programs(place, folder) if state in ("elsewhere", "gone") else ())


def _folder(place: Place) -> tuple[str, str]:
    """Activation decides, since that is what people start; the command that made it is kept since Python 3.11."""
    name = "Scripts/activate" if place.windows else "bin/activate"
    text = place.disk.text(place.prefix / name)
    for value in _SET.findall(text or ""):
        if folder := _literal(value):
            return folder, name
    if text is not None:
        return "", name
    command = place.settings.get("command", "").rpartition(" -m venv ")[2].rpartition(" ")[2]
    return (command, "pyvenv.cfg") if _WHOLE.fullmatch(command) else ("", "")


def _literal(value: str) -> str:
    """Gives the path that a line of a shell sets, "" where it works the path out when it is run."""
    if "$" in value or "`" in value:
        return ""
    try:
        words = shlex.split(value)
    except ValueError:
        return ""
    return words[0] if len(words) == 1 and _WHOLE.fullmatch(words[0]) else ""


def _state(place: Place, folder: str) -> Literal["here", "elsewhere", "gone", ""]:
    """One folder has many names (a link, a mount, an automounted home), so files are compared, not names."""
    if place.windows != (host_os() == "windows"):
        return ""
    at, mine = place.disk.state(place.disk.placed(folder)), place.disk.state(str(place.prefix))
    if at is None or mine is None:
        return "gone" if mine is not None else ""
    return "here" if (at.st_dev, at.st_ino) == (mine.st_dev, mine.st_ino) else "elsewhere"


def _programs(place: Place, folder: str) -> tuple[Program, ...]:
    """Gives the programs whose first line starts the interpreter of that folder; those of a relocatable environment find their own."""
    scripts = "Scripts" if place.windows else "bin"
    found = []
    for name in place.disk.names(place.prefix / scripts):
        try:
            named = named_in(content_of(place.disk.real(f"{place.prefix}/{scripts}/{name}"), 1024))
        except (OSError, ValueError):
            continue
        if named.startswith(f"{folder.rstrip('/')}/"):
            found.append(Program(path=f"{scripts}/{name}", interpreter=named))
    return tuple(found)
