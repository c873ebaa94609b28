"""What sh and Python say about one place is the same, and what the bootstrap says has its Chinese."""

from __future__ import annotations

import ast
import os
import shutil
import sys
from pathlib import Path

import pytest

from house import ROOT, fields_of
from small_checkout import Checkout

BOOTSTRAP = ROOT / "tools" / "bootstrap"


@pytest.fixture(autouse=True)
def _bootstrap_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BOOTSTRAP))


@pytest.mark.skipif(os.name != "posix", reason="the sh wrappers")
@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "ksh", "zsh", "busybox"])
def test_any_shell_finds_what_python_made(checkout: Checkout, tmp_path: Path, shell: str) -> None:
    """The stamp names a script here, so that no environment has to be made."""
    import places

    program = shutil.which(shell)
    if not program:
        pytest.skip(f"no {shell} at hand")
    checkout.variables.update(DRIVETRAIN_PYTHON="", HOME=str(tmp_path / "home"))
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "ran $*"\n', encoding="utf-8")
    python.chmod(0o755)
    declared = (checkout.root / "pyproject.toml").read_text(encoding="utf-8")
    for changed in ({"DRIVETRAIN_STATE_DIR": "relative"}, {"DRIVETRAIN_STATE_DIR": "", "XDG_STATE_HOME": str(tmp_path / "xdg")}, {"DRIVETRAIN_STATE_DIR": ""}):
        checkout.variables.pop("XDG_STATE_HOME", None)
        checkout.variables.update(changed)
        cwd = Path.cwd()
        os.chdir(checkout.root)
        try:
            state = places.state_folder(checkout.environ, sys.platform)
        finally:
            os.chdir(cwd)
        places.write_stamp(places.stamp(state, checkout.root, "run"), places.Stamp(python=python, asked="", declared=declared))
        command = [program, "sh"] if shell == "busybox" else [program, "--emulate", "sh"] if shell == "zsh" else [program]
        assert checkout.run(*command, "./drivetrain", "a b").out == "ran -I -m drivetrain a b\n"


def test_the_state_folder_is_where_the_platform_keeps_it() -> None:
    import places

    home = {"HOME": "/home/me"}
    assert places.state_folder(home, "linux") == Path("/home/me/.local/state/drivetrain")
    assert places.state_folder(home, "darwin") == Path("/home/me/Library/Application Support/drivetrain")
    assert places.state_folder({**home, "XDG_STATE_HOME": "/x"}, "linux") == Path("/x/drivetrain")
    assert places.state_folder({"LOCALAPPDATA": "/l"}, "win32") == Path("/l/drivetrain")
    assert places.state_folder({**home, "DRIVETRAIN_STATE_DIR": "/s"}, "win32") == Path("/s")


def test_requirements_are_read_as_toml_reads_them() -> None:
    import declared

    tomllib = pytest.importorskip("tomllib")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    facts = tomllib.loads(text)
    assert declared.requirements(text, with_tests=False) == facts["project"]["dependencies"]
    assert declared.requirements(text, with_tests=True) == facts["project"]["dependencies"] + facts["dependency-groups"]["test"]


def test_pips_output_becomes_one_line_of_progress() -> None:
    import pip_run

    assert pip_run.step_of("Collecting msgspec>=0.19 (from x)") == "finds msgspec"
    assert pip_run.step_of("  Downloading https://index.example/a/uv-0.13.9-py3-none-any.whl (17.6 MB)") == "downloads uv 0.13.9 (17.6 MB)"
    assert pip_run.step_of("Installing collected packages: rich, uv") == "installs and byte-compiles"
    assert pip_run.step_of("Requirement already satisfied") == ""


def test_everything_the_bootstrap_says_is_said_in_chinese_too() -> None:
    import words

    said = {
        call.args[0].value
        for path in BOOTSTRAP.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say" and isinstance(call.args[0], ast.Constant)
    }
    assert said == set(words.CHINESE)
    assert not [english for english, chinese in words.CHINESE.items() if fields_of(english) != fields_of(chinese)]
