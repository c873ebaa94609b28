"""The environment that drivetrain itself plans for the three frameworks: no file of it was taken by another wheel, and nothing is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from healthy import nothing_is_wrong
from recorded import clashes
from workshop import PROGRAM, PYTHON, SITE, bare_variables

pytestmark = [pytest.mark.install, pytest.mark.timeout(900)]


@pytest.mark.skipif("DRIVETRAIN_HEAVY_TESTS" not in os.environ, reason="10 GB: DRIVETRAIN_HEAVY_TESTS=1 makes it")
def test_drivetrains_own_joint_environment_has_nothing_wrong(tmp_path: Path) -> None:
    machine = Path(__file__).parent / "machines" / "h100-driver-580.json"
    plan, prefix = tmp_path / "plan.json", tmp_path / "env"
    drivetrain("plan", "tensorflow", "torch", "jax", "--python", PYTHON, "--machine", machine, "-o", plan)
    drivetrain("install", plan, "--prefix", prefix, "--yes")
    assert not clashes(prefix / SITE)
    nothing_is_wrong(prefix, "h100-driver-580")
    shutil.rmtree(tmp_path)


def drivetrain(*arguments: str | Path) -> None:
    """Runs the program, and shows what it said where it fails."""
    ran = subprocess.run([sys.executable, "-P", "-c", PROGRAM, *map(str, arguments)], env=bare_variables(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
