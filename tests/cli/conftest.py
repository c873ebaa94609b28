"""Runs the command line in this process (quick) or as a whole process (what a user gets)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from drivetrain.cli import main
from drivetrain.words import speak

SOURCE = Path(__file__).parents[2] / "src"
MACHINES = Path(__file__).parents[1] / "machines"


class Said(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


@pytest.fixture
def machines() -> Path:
    return MACHINES


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Said]]:
    """Runs a command in this process, in an empty folder, in English, without what the user's own shell has set."""
    for name in ("DRIVETRAIN_INVOKED_AS", "VIRTUAL_ENV", "CONDA_PREFIX", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.setenv("DRIVETRAIN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    def run(*words: str) -> Said:
        code = main(words)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    yield run
    speak("en")


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command as a process of its own."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DRIVETRAIN_", "LC_", "LANG", "VIRTUAL_ENV", "NO_COLOR"))}
        every = {**kept, "PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", "SHELL": "/bin/bash", "DRIVETRAIN_CACHE_DIR": str(tmp_path / "cache"), **variables}
        return subprocess.run([sys.executable, "-m", "drivetrain", *words], env=every, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    return run
