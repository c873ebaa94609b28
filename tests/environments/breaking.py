"""Breaks a healthy environment in one way, and asserts that audit names that way first."""

from __future__ import annotations

import shutil
from pathlib import Path

from conda_prefix import conda_prefix
from fresh_ways import CONDA, Way
from healthy import machine_file
from workshop import audited, broken, found, made, told


def is_named_first(way: Way, folder: Path) -> None:
    """Makes the environment, runs the way's script in it, and asserts what audit finds first, before and after."""
    prefix = conda_prefix(folder) if way.healthy == (CONDA,) else made(folder / "env", *way.healthy)
    flags = ("--machine", machine_file(way.machine)) if way.machine else ()
    before = found(audited(prefix, *flags), "error", "warning")
    assert not before, told(before)
    after = broken(prefix, way.script, folder / "home")
    findings = found(audited(after.prefix, *flags, **after.variables))
    assert [each["cause"] for each in findings][:1] == [way.cause], told(findings) or "nothing was found"
    shutil.rmtree(folder)
