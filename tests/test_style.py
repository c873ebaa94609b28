"""Style and types are tests too, so that `./test` closes with one line that speaks for everything."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from house import ROOT

ALONE = ["mypy", "--config-file=", "--strict", "--cache-dir", str(ROOT / ".mypy_cache" / "alone"), "."]


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        pytest.param(["ruff", "check", "."], ".", id="ruff check"),
        pytest.param(["ruff", "format", "--check", "."], ".", id="ruff format"),
        pytest.param(["mypy"], ".", id="mypy strict"),
        pytest.param(ALONE, "tools/bootstrap", id="mypy strict, bootstrap"),
        pytest.param(ALONE, "benchmarks", id="mypy strict, benchmarks"),
    ],
)
def test_source_is_clean(command: list[str], folder: str) -> None:
    variables = {**os.environ, "MYPYPATH": str(ROOT / "tools" / "bootstrap")} if command is ALONE else None
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT / folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-6000:]
