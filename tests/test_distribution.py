"""The package as others install it: `pip install .`, `uvx --from .`, and a wheel that holds every file of the source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from house import PACKAGE, ROOT

pytestmark = pytest.mark.install


def uv(*arguments: str, cwd: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")}
    ran = subprocess.run([sys.executable, "-m", "uv", *arguments], cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_holds_every_file_of_the_source(tmp_path: Path) -> None:
    uv("build", "--wheel", "--quiet", "--out-dir", str(tmp_path), str(ROOT), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert source <= held
    assert any(each.endswith("licenses/LICENSE") for each in held)


def test_uvx_runs_it_from_the_checkout(tmp_path: Path) -> None:
    assert uv("tool", "run", "--from", str(ROOT), "drivetrain", "--version", cwd=tmp_path).startswith("drivetrain ")


def test_pip_installs_it_from_the_checkout(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "--quiet", str(ROOT)], cwd=tmp_path, check=True, capture_output=True)
    answer = subprocess.run([scripts / "drivetrain", "plan", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "plan" in answer.stdout
