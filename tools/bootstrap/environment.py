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

import pip_run
from interpreters import Interpreter
from lock import held
from places import environments
from words import Stop, say

FORMAT = 1
"""Raised when what is made changes, so that older environments are made anew."""
SIZES = {"run": (26, 62, 5), "test": (60, 168, 12)}
"""MB to download, MB on disk, seconds: measured on Linux x86-64 with Python 3.12, a near index and an empty pip cache."""


def made(state: Path, root: Path, purpose: str, interpreter: Interpreter, requirements: list[str], quiet: bool) -> Path:
    """Gives the Python of the environment of this checkout, interpreter and requirements; makes it where it is missing, and removes the older ones."""
    facts = json.dumps([FORMAT, str(root), interpreter.path, interpreter.version, requirements])
    tag = "".join(str(each) for each in interpreter.numbers[:2])
    folder = environments(state, root) / f"{purpose}-cp{tag}-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
    if not python_of(folder).exists():
        with held(folder.parent / "lock", waiting=lambda: _tell(say("another run is making it; waiting"), quiet)):
            for leftover in folder.parent.glob(".making-*"):  # whoever made it was killed: it held this lock
                shutil.rmtree(leftover, ignore_errors=True)
            if not python_of(folder).exists():
                _make(folder, root, purpose, interpreter, requirements, quiet)
    return python_of(folder)


def python_of(folder: Path) -> Path:
    """Gives the interpreter of an environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def _make(folder: Path, root: Path, purpose: str, interpreter: Interpreter, requirements: list[str], quiet: bool) -> None:
    download, disk, seconds = SIZES[purpose]
    _tell(say("first use: makes a private environment in {folder}", folder=folder), quiet)
    _tell(
        say(
            "with Python {version}, {download} MB to download, {disk} MB on disk, about {seconds} s on a quick line; only once",
            version=interpreter.version,
            download=download,
            disk=disk,
            seconds=seconds,
        ),
        quiet,
    )
    started = time.monotonic()
    partial = folder.with_name(f".making-{os.getpid()}")
    try:
        _venv(interpreter, partial)
        pip_run.install(interpreter, python_of(partial), requirements, quiet=quiet, disk=disk)
        _point_at(partial, root / "src")
        subprocess.run(
            [str(python_of(partial)), "-I", "-m", "compileall", "-q", str(root / "src")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _remove_older(folder, purpose)
    _tell(say("ready after {seconds} s", seconds=round(time.monotonic() - started)), quiet)


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
        if pip_run.disk_is_full(ran.stdout):
            raise pip_run.no_space(folder.parent, 0)
        why = (ran.stdout.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        raise Stop(
            say("{python} could not make an environment ({why});", python=interpreter.path, why=why), say("name another folder with DRIVETRAIN_STATE_DIR")
        )


def _point_at(folder: Path, source: Path) -> None:
    """Puts the checkout's own source on the environment's path by a `.pth`: PYTHONPATH would reach the children of `drivetrain run` as well."""
    site = next(folder.glob("lib/python3.*/site-packages"), folder / "Lib" / "site-packages")
    (site / "drivetrain_checkout.pth").write_text(f"{source}\n", encoding="utf-8")


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


def _tell(line: str, quiet: bool) -> None:
    if not quiet:
        print(f"drivetrain: {line}", file=sys.stderr, flush=True)
