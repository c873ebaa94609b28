"""Makes one environment: beside its place, under a lock, then renamed, so that nobody ever sees half of one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pip_run
from interpreters import Interpreter
from lock import held
from pip_run import Showing
from places import environments
from words import Stop, say

FORMAT = 1
"""Raised when what is made changes, so that older environments are made anew."""


class Size(NamedTuple):
    """What making it costs."""

    download_mb: int
    disk_mb: int
    seconds: int

    def told(self, version: str) -> str:
        return say(
            "with Python {version}, {download} MB to download, {disk} MB on disk, about {seconds} s on a quick line; only once",
            version=version,
            download=self.download_mb,
            disk=self.disk_mb,
            seconds=self.seconds,
        )


SIZES = {"run": Size(23, 66, 5), "test": Size(68, 250, 14)}
"""Measured on Linux x86-64 with Python 3.12, a near index and an empty pip cache."""


class Wanted(NamedTuple):
    """What an environment is made from, and so what it is known by."""

    state: Path
    root: Path
    purpose: str
    """"run" or "test"."""
    interpreter: Interpreter
    requirements: list[str]

    @property
    def folder(self) -> Path:
        facts = json.dumps([FORMAT, str(self.root), self.interpreter.path, self.interpreter.version, self.requirements])
        tag = "".join(str(each) for each in self.interpreter.numbers[:2])
        return environments(self.state, self.root) / f"{self.purpose}-cp{tag}-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"


def made(wanted: Wanted, showing: Showing) -> Path:
    """Gives the Python of the environment; makes it where it is missing, and removes the older ones of the same checkout and purpose."""
    folder = wanted.folder
    if not python_of(folder).exists():
        with held(folder.parent / "lock", waiting=lambda: _tell(say("another run is making it; waiting"), showing)):
            for leftover in folder.parent.glob(".making-*"):  # whoever made it was killed: it held this lock
                shutil.rmtree(leftover, ignore_errors=True)
            if not python_of(folder).exists():
                _make(wanted, showing)
    return python_of(folder)


def python_of(folder: Path) -> Path:
    """Gives the interpreter of an environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def _make(wanted: Wanted, showing: Showing) -> None:
    started, folder, version = time.monotonic(), wanted.folder, wanted.interpreter.version
    size = SIZES[wanted.purpose]
    _tell(say("first use: makes a private environment in {folder}", folder=folder), showing)
    _tell(
        say(
            "with Python {version}, {download} MB to download, {disk} MB on disk, about {seconds} s on a quick line; only once",
            version=version,
            download=size.download_mb,
            disk=size.disk_mb,
            seconds=size.seconds,
        ),
        showing,
    )
    partial = folder.with_name(f".making-{os.getpid()}")
    try:
        _venv(wanted.interpreter, partial)
        pip_run.install(wanted.interpreter, python_of(partial), wanted.requirements, showing)
        _point_at(partial, wanted.root / "src")
        shutil.rmtree(folder, ignore_errors=True)  # what is left of one whose Python is gone
        partial.rename(folder)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if pip_run.disk_is_full(str(error)):
            advice = say("free {disk} MB, or name another folder with DRIVETRAIN_STATE_DIR", disk=size.disk_mb)
            raise Stop(say("no space is left in {folder};", folder=wanted.state), advice) from error
        raise
    _remove_older(folder, wanted.purpose)
    _tell(say("ready after {seconds} s", seconds=round(time.monotonic() - started)), showing)


def _venv(interpreter: Interpreter, folder: Path) -> None:
    """Without pip: drivetrain never calls it there, and putting it in takes 2 s of 5."""
    ran = subprocess.run(
        [interpreter.path, "-I", "-m", "venv", "--without-pip", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        why = (ran.stdout.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        raise Stop(
            say("{python} could not make an environment ({why});", python=interpreter.path, why=why), say("name another folder with DRIVETRAIN_STATE_DIR")
        )


def _point_at(folder: Path, source: Path) -> None:
    """Puts the checkout's own source on the environment's path by a `.pth` (PYTHONPATH would reach the children of `drivetrain run` too), byte-compiled."""
    site = next(folder.glob("lib/python3.*/site-packages"), folder / "Lib" / "site-packages")
    (site / "drivetrain_checkout.pth").write_text(f"{source}\n", encoding="utf-8" if os.name == "posix" else None)
    command = [str(python_of(folder)), "-I", "-m", "compileall", "-q", str(source)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # a checkout may be read-only


def _remove_older(folder: Path, purpose: str) -> None:
    for each in folder.parent.glob(f"{purpose}-*"):
        if each != folder and not _in_use(each):
            shutil.rmtree(each, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    """Tells whether a process was started by this environment's Python, where /proc can say it."""
    started = os.fsencode(str(python_of(folder)))
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if each.read_bytes().split(b"\0", 1)[0] == started:
                return True
        except OSError:
            continue
    return False


def _tell(line: str, showing: Showing) -> None:
    if not showing.quiet:
        print(f"drivetrain: {line}", file=sys.stderr, flush=True)
