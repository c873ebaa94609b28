from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drivetrain.errors import PrefixError
from drivetrain.report.shell import Shell
from drivetrain.workflows.prefixes import activation, prefix_at_hand, prefix_to_make, shown


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "DRIVETRAIN_INVOKED_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_at_hand_is_the_named_then_the_active_then_the_projects(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PrefixError):
        prefix_at_hand(None)
    for name in (".venv", "conda", "active", "named"):
        (nowhere / name).mkdir()
    assert prefix_at_hand(None) == nowhere / ".venv"
    monkeypatch.setenv("CONDA_PREFIX", str(nowhere / "conda"))
    assert prefix_at_hand(None) == nowhere / "conda"
    monkeypatch.setenv("VIRTUAL_ENV", str(nowhere / "active"))
    assert prefix_at_hand(None) == nowhere / "active"
    assert prefix_at_hand("named") == nowhere / "named"
    with pytest.raises(PrefixError):
        prefix_at_hand("missing")


def test_the_wrappers_own_environment_is_nobodys(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / ".venv").mkdir()
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("DRIVETRAIN_INVOKED_AS", "./drivetrain")
    assert prefix_at_hand(None) == nowhere / ".venv"


def test_up_makes_the_folder_where_editors_look(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(nowhere / "active"))
    assert prefix_to_make(None) == nowhere / ".venv"
    assert shown(nowhere / ".venv") == ".venv"
    assert shown(nowhere.parent / "other") == str(nowhere.parent / "other")


@pytest.mark.skipif(sys.platform == "win32", reason="other paths there")
@pytest.mark.parametrize(
    ("shell", "line"),
    [("posix", "source .venv/bin/activate"), ("fish", "source .venv/bin/activate.fish"), ("powershell", "& .venv/bin/activate.ps1")],
)
def test_the_line_that_activates(nowhere: Path, shell: Shell, line: str) -> None:
    assert activation(nowhere / ".venv", shell) == line
    assert activation(nowhere / "my env", "posix") == 'source "my env/bin/activate"'
