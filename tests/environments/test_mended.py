"""`fix` on real wheels: what drivetrain made is mended with --apply, and what somebody else made is mended by the lines that are told, typed as they are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workshop import PROGRAM, PYTHON, SITE, UV, bare_variables, made, uv

pytestmark = [pytest.mark.install, pytest.mark.timeout(300)]

JAX = ("jax", "ml-dtypes")


def program(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the program in that folder, with uv on the PATH."""
    kept = bare_variables(**variables)
    kept["PATH"] = f"{Path(UV).parent}:{kept['PATH']}"
    return subprocess.run([sys.executable, "-P", "-c", PROGRAM, *words], cwd=folder, env=kept, capture_output=True, text=True, check=False)


def document(folder: Path, code: int, *words: str, **variables: str) -> Any:
    ran = program(folder, *words, "--json", **variables)
    assert ran.returncode == code, ran.stdout[-3000:] + ran.stderr[-3000:]
    return json.loads(ran.stdout)


def broken_in_three_ways(prefix: Path) -> set[str]:
    """A pin that is overruled, files that are gone, and what a broken uninstall left; gives the causes."""
    site = prefix / SITE
    python = prefix / "bin" / "python"
    uv("pip", "install", "--quiet", "--python", python, "--no-deps", "numpy==1.23.5")
    shutil.rmtree(site / "opt_einsum")
    (site / "~cipy").mkdir()
    return {"environment-incomplete", "dependency-pin-conflict"}


def causes(fixing: Any) -> set[str]:
    return {each["cause"] for each in fixing["findings"]}


def starts(prefix: Path) -> str:
    """What JAX computes in it."""
    code = "import jax.numpy as np; print(int(np.arange(5).sum()))"
    ran = subprocess.run([prefix / "bin" / "python", "-c", code], env=bare_variables(JAX_PLATFORMS="cpu"), capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr[-500:]


def test_what_drivetrain_made_is_mended(tmp_path: Path) -> None:
    up = program(tmp_path, "up", *JAX, "--python", PYTHON, "--accelerator", "cpu", "--yes", "--quiet")
    assert up.returncode == 0, up.stdout + up.stderr
    prefix = tmp_path / ".venv"
    assert document(tmp_path, 0, "fix")["findings"] == []
    broken = broken_in_three_ways(prefix)
    assert starts(prefix) != "10\n"
    assert program(tmp_path, "audit").returncode == 1
    shown = document(tmp_path, 1, "fix", JAX_PLATFORMS="cuda")
    assert causes(shown) >= {*broken, "jax-platform-not-there"}
    assert not shown["applied"]
    assert (prefix / SITE / "~cipy").exists()
    done = document(tmp_path, 0, "fix", "--apply", "--yes", JAX_PLATFORMS="cuda")
    assert (done["applied"], done["left"]) == (True, [])
    assert document(tmp_path, 0, "audit", JAX_PLATFORMS="cuda")["outcomes"]
    assert document(tmp_path, 0, "fix", JAX_PLATFORMS="cuda")["findings"] == []
    assert program(tmp_path, "run", "--", "python", "-c", "import jax; print(jax.devices()[0].platform)", JAX_PLATFORMS="cuda").stdout == "cpu\n"
    assert starts(prefix) == "10\n"


def test_what_somebody_else_made_is_mended_by_the_lines_that_are_told(tmp_path: Path) -> None:
    prefix = made(tmp_path / "theirs", *JAX)
    broken = broken_in_three_ways(prefix)
    shown = document(tmp_path, 1, "fix", "theirs")
    assert causes(shown) >= broken
    assert not shown["ours"]
    assert program(tmp_path, "fix", "theirs", "--apply").returncode == 2
    typed = [*shown["commands"], *(line for each in shown["edits"] if not each["planned"] for line in each["commands"])]
    # A long line is broken on the screen; pasted it is the same.
    screen = re.sub(r" \\\n +", " ", program(tmp_path, "fix", "theirs").stdout)
    kept = {**bare_variables(), "PATH": f"{Path(UV).parent}:{bare_variables()['PATH']}"}
    for line in typed:
        assert line in screen
        ran = subprocess.run(["bash", "-euc", line], cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, line + ran.stderr
    assert document(tmp_path, 0, "fix", "theirs")["findings"] == []
    assert program(tmp_path, "audit", "theirs").returncode == 0
    assert starts(prefix) == "10\n"
