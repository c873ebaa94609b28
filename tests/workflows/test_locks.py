"""`plan --locks`: a lock for each plan, that `install` takes as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_each_plan_has_its_lock(drivetrain: Run, project: Path) -> None:
    assert drivetrain("probe", "--save", "one.json").returncode == 0
    machine = json.loads((project / "one.json").read_text())
    here = {"path": sys.executable, "version": ".".join(map(str, sys.version_info[:3]))}
    (project / "one.json").write_text(json.dumps({**machine, "pythons": [here]}))
    (project / "other one.json").write_text(json.dumps({**machine, "pythons": [{"path": "/usr/bin/python3.8", "version": "3.8.1"}]}))
    done = drivetrain("plan", "alpha", "--machine", "one.json", "--machine", "other one.json", "--locks", "locks", "-o", "plans.json")
    assert done.returncode == 0, done.stderr
    assert sorted(each.name for each in (project / "locks").iterdir()) == ["pylock.one.toml", "pylock.other-one.toml"]
    assert 'requires-python = "==3.8.*"' in (project / "locks" / "pylock.other-one.toml").read_text()
    assert "the lock is in locks/pylock.one.toml" in done.stderr
    assert drivetrain("install", "locks/pylock.one.toml", "--quiet").returncode == 0
    assert list(project.glob(".venv/lib/python3*/site-packages/beta-2.0.dist-info"))
    # Of the plans the one for this machine is taken.
    said = drivetrain("install", "plans.json", "--prefix", "chosen")
    assert said.returncode == 0, said.stderr
    assert "of 2 plans the one for" in said.stderr


def test_one_plan_has_one_lock(drivetrain: Run, project: Path) -> None:
    assert drivetrain("plan", "alpha", "--locks", "locks", "--quiet").returncode == 0
    assert [each.name for each in (project / "locks").iterdir()] == ["pylock.toml"]


def test_what_cannot_be_written_is_one_line(drivetrain: Run, project: Path) -> None:
    (project / "locks").write_text("a file")
    done = drivetrain("plan", "alpha", "--locks", "locks", "--quiet")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "locks" in done.stderr
