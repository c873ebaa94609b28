"""Reads which Python an environment starts: its executable, what that leads to, and the Python that its `pip` names."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from drivetrain.binaries.regular_file import content_of
from drivetrain.model.site_folder import EnvironmentPython
from drivetrain.scan.disk import Disk
from drivetrain.scan.known_libraries import KnownLibraries
from drivetrain.scan.place import Place, host_os

_POSIX, _WINDOWS = ("bin/python", "bin/python3"), ("Scripts/python.exe", "python.exe")
_PIPS = ("bin/pip", "bin/pip3")
_FIRST_LINE_BYTES = 1024
_EXECUTED = re.compile(r"""'''exec' (?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>\S+)) """)


def interpreter_of(place: Place, known: KnownLibraries | None) -> EnvironmentPython | None:
    """Gives the Python that an environment starts; None for a plain folder. `known` remembers what was read of it."""
    if place.kind == "folder":
        return None
    disk, settings = place.disk, place.settings
    executable = next((each for each in _executables(place) if _lies(disk, f"{place.prefix}/{each}")), "")
    target = disk.followed(f"{place.prefix}/{executable}") if executable else ""
    state = disk.state(target) if target else None
    exists = state is not None if target else None
    pip = _pip(place)
    return EnvironmentPython(
        executable=executable,
        target=disk.shown(target).replace("\\", "/") if target else "",
        # A link to C:\\Python311 cannot be followed from Linux, nor /usr/bin from Windows.
        exists=exists if exists or place.windows == (host_os() == "windows") else None,
        home=settings.get("home", ""),
        arch=_arch(target, state, known),
        pip=pip,
        pip_lies=_lies_of(place, pip),
        made_by="uv" if "uv" in settings else "",
        free_threaded=bool(re.fullmatch(r"python3\.\d+t", place.sites[0].parent.name)),
    )


def _executables(place: Place) -> tuple[str, ...]:
    if place.windows:
        return _WINDOWS
    # /usr has no "python" on Debian, and /usr/local of an image perhaps one of another version.
    version = f"bin/python{'.'.join(place.python.split('.')[:2])}" if place.python else ""
    return (version, *_POSIX) if version and place.kind == "system" else (*_POSIX, version) if version else _POSIX


def _lies(disk: Disk, path: str) -> bool:
    """A link that leads nowhere lies there too."""
    return disk.is_link(path.replace("/", os.sep)) or disk.state(path) is not None


def _lies_of(place: Place, pip: str) -> Literal["here", "elsewhere", "nowhere", ""]:
    """A prefix may be reached by a link, so folders are compared without links; the interpreter itself is one in a venv, and is not followed."""
    if place.windows or not pip.startswith("/") or pip.startswith("/usr/bin/env "):
        return ""
    if place.disk.followed(str(Path(place.disk.placed(pip)).parent.parent)) == str(place.prefix):
        return "here"
    return "elsewhere" if place.disk.state(place.disk.placed(pip)) is not None else "nowhere"


def _arch(path: str, state: os.stat_result | None, known: KnownLibraries | None) -> str:
    if state is None:
        return ""
    read = known.of(state) if known is not None else None
    if read is None:
        from drivetrain.scan.libraries import reading_of

        read = reading_of(path)
        if known is not None:
            known.add(state, read)
    return read.linkage.arch if read.linkage is not None else ""


def _pip(place: Place) -> str:
    for name in _PIPS:
        try:
            return named_in(content_of(place.disk.real(f"{place.prefix}/{name}"), _FIRST_LINE_BYTES))
        except OSError:
            continue
    return ""


def named_in(start: bytes) -> str:
    """Gives the interpreter that a program names, "" for none; of a script that a long path made start with /bin/sh, the second line names it."""
    if not start.startswith(b"#!"):
        return ""
    lines = start.decode("utf-8", "replace").splitlines()
    if lines[0] == "#!/bin/sh" and len(lines) > 1 and (match := _EXECUTED.match(lines[1])):
        return match["double"] or match["single"] or match["bare"]
    return lines[0].removeprefix("#!").strip()
