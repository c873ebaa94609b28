"""Finds a Python that can carry drivetrain: 3.10 or newer, with venv and a pip to install with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Mapping, NamedTuple

from words import Stop, say

OLDEST = (3, 10)
NAMES = ("python3", "python3.13", "python3.12", "python3.11", "python3.10", "python")
"""Tried in this order; the Python that a person uses anyway comes first."""

# Runs in any Python 3: version, own path, "venv", pip's wheel as ensurepip keeps it (Debian and Fedora keep it elsewhere), "pip".
QUESTION = """
import glob, os, sys, sysconfig
try:
    from importlib.util import find_spec
    has = lambda name: find_spec(name) is not None
except ImportError:
    has = lambda name: False
print("%d.%d.%d" % sys.version_info[:3])
print(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
print("venv" if has("venv") else "")
wheels = []
if has("ensurepip"):
    import ensurepip
    for folder in (os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), sysconfig.get_config_var("WHEEL_PKG_DIR") or "", "/usr/share/python-wheels"):
        wheels += sorted(glob.glob(os.path.join(folder, "pip-*.whl"))) if folder else []
print(wheels[0] if wheels else "")
print("pip" if has("pip") else "")
"""


class Interpreter(NamedTuple):
    """A Python that answered."""

    path: str
    """Its real path: when a distribution replaces it, the environment is seen to be gone and made anew."""
    version: str
    venv: bool
    pip_wheel: str
    pip: bool

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(each) for each in self.version.split("."))

    @property
    def missing(self) -> str:
        """What it lacks, as a person would look for it."""
        return "venv" if not self.venv else "" if self.pip_wheel or self.pip else "ensurepip" if shutil.which("apt-get") else "pip"


def chosen(environ: Mapping[str, str], asked: str) -> Interpreter:
    """Gives the Python that was asked for, else the first that can carry drivetrain; raises Stop with what the nearest one lacks."""
    if asked:
        found = answer(shutil.which(asked) or asked)
        if found is None:
            raise Stop(say("DRIVETRAIN_PYTHON={asked} does not run;", asked=asked), say("name a Python >= 3.10"))
        if found.numbers[:2] < OLDEST:
            raise Stop(say("DRIVETRAIN_PYTHON={asked} is Python {version}, too old;", asked=asked, version=found.version), say("name a Python >= 3.10"))
        return _whole([found])
    seen: list[Interpreter] = []
    for path in candidates(environ):
        found = answer(path)
        if found is not None and not found.missing and found.numbers[:2] >= OLDEST:
            return found
        seen += [found] if found is not None and found.path not in [each.path for each in seen] else []
    return _whole(seen)


def _whole(seen: list[Interpreter]) -> Interpreter:
    """Gives the first that lacks nothing; raises Stop that says what the nearest one lacks."""
    able = [each for each in seen if each.numbers[:2] >= OLDEST]
    for each in able:
        if not each.missing:
            return each
    if able:
        nearest = able[0]
        command = package_command(nearest, os_release())
        advice = say("install it: {command}", command=command) if command else ""
        raise Stop(
            say("{python} (Python {version}) has no {missing};", python=nearest.path, version=nearest.version, missing=nearest.missing),
            advice or say("install it, or name another Python with DRIVETRAIN_PYTHON=/path/to/python3"),
        )
    found = ", ".join(f"{each.version} ({each.path})" for each in seen)
    raise Stop(
        say("needs Python >= 3.10 with venv; found {found};", found=found) if found else say("needs Python >= 3.10 with venv; found none;"),
        say("install one, or name one with DRIVETRAIN_PYTHON=/path/to/python3"),
    )


def candidates(environ: Mapping[str, str]) -> Iterator[str]:
    """Gives paths of Pythons worth asking, best first: PATH, the one that runs this, pyenv's, those of the py launcher."""
    for name in NAMES:
        path = shutil.which(name, path=environ.get("PATH"))
        if path:
            yield path
    yield sys.executable
    home = Path(environ.get("HOME") or Path.home())
    versions = Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    found = [each for each in versions.glob("3.*/bin/python3") if re.fullmatch(r"3\.\d+\.\d+", each.parent.parent.name)]
    yield from (str(each) for each in sorted(found, key=lambda each: [int(part) for part in each.parent.parent.name.split(".")], reverse=True))
    if os.name == "nt" and shutil.which("py"):
        listed = subprocess.run(["py", "-0p"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        yield from re.findall(r"[A-Za-z]:\\.*?python\.exe", listed.stdout)


def answer(python: str) -> Interpreter | None:
    """Asks a Python what it is and has; None where it does not run (a pyenv shim of a version that is not switched on)."""
    try:
        asked = subprocess.run([python, "-I", "-c", QUESTION], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=20, check=False)
        version, path, venv, wheel, pip = asked.stdout.split("\n")[:5]
        return Interpreter(path=path, version=version, venv=bool(venv), pip_wheel=wheel, pip=bool(pip))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def os_release() -> str:
    """Gives the text of os-release(5), empty where there is none."""
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        if path.is_file():
            return path.read_text(encoding="utf-8", errors="replace")
    return ""


def package_command(interpreter: Interpreter, release: str) -> str:
    """Gives the command that installs what this Python lacks on the distribution that os-release(5) names; empty where that is not known."""
    fields = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?$', release, re.MULTILINE))
    names = [fields.get("ID", ""), *fields.get("ID_LIKE", "").split()]
    if not interpreter.path.startswith("/usr/bin/"):
        return ""  # not the distribution's own: its packages would not help
    own = os.path.realpath("/usr/bin/python3") == interpreter.path
    commands = {
        "debian": "sudo apt install python3-venv" if own else "sudo apt install python{}.{}-venv".format(*interpreter.numbers[:2]),
        "fedora": "sudo dnf install python3-pip" if own else "sudo dnf install python{}.{}-pip".format(*interpreter.numbers[:2]),
        "arch": "sudo pacman -S python-pip",
        "alpine": "apk add py3-pip",
        "suse": "sudo zypper install python{}{}-pip".format(*interpreter.numbers[:2]),
        "gentoo": "sudo emerge dev-python/pip",
        "void": "sudo xbps-install python3-pip",
    }
    same = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse"}
    return next((commands[same.get(each, each)] for each in names if same.get(each, each) in commands), "")
