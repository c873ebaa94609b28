"""The interpreter is one that answers and is of the plan's version; when there is none, the way to get one is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from install_orders import MACHINE, PYTHON, VERSION, plan_of
from msgspec.structs import replace

from drivetrain.errors import IndexUnreachable, PrefixError
from drivetrain.install import EngineSettings, interpreter_for
from drivetrain.model.machine import Interpreter, Machine

FULL = ".".join(map(str, sys.version_info[:3]))


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def with_pythons(*pythons: tuple[str, str, str]) -> Machine:
    return replace(MACHINE, pythons=tuple(Interpreter(path=path, version=version, source=source) for path, version, source in pythons))


def test_the_working_one_of_the_version_is_taken(tmp_path: Path) -> None:
    broken = script(tmp_path / "broken", "echo no >&2; exit 1")
    machine = with_pythons((broken, f"{VERSION}.99", "path"), (str(PYTHON), FULL, "pyenv"), ("/nowhere/python", "3.6.1", "path"))
    assert interpreter_for(plan_of(), machine, EngineSettings()) == PYTHON


def test_the_one_that_was_asked_for_comes_first(tmp_path: Path) -> None:
    mine = script(tmp_path / "mine", f'exec "{PYTHON}" "$@"')
    machine = with_pythons((str(PYTHON), FULL, "path"), (mine, f"{VERSION}.0", "asked"))
    assert interpreter_for(plan_of(), machine, EngineSettings()) == Path(mine)


def test_a_machine_without_one_is_told_how_to_get_it() -> None:
    with pytest.raises(PrefixError, match=r"this machine has no Python 3\.9") as caught:
        interpreter_for(plan_of(python="3.9"), with_pythons((str(PYTHON), FULL, "path")), EngineSettings())
    assert "--fetch-python" in caught.value.next
    assert "python3.9-venv" in caught.value.next


def test_a_python_that_cannot_be_fetched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:9/pythons")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(IndexUnreachable, match=r"Python 3\.12 was not fetched: http://127\.0\.0\.1:9 did not answer"):
        interpreter_for(plan_of(python="3.12"), with_pythons(), EngineSettings(cache_dir=tmp_path), fetch=True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("echo 'cannot load libpython' >&2; exit 1", "it fails: cannot load libpython"),
        ('echo \'{"version": "VERSION.1", "bits": 32, "implementation": "CPython", "free_threaded": false, "base": true}\'', "32-bit"),
        ('echo \'{"version": "VERSION.1", "bits": 64, "implementation": "PyPy", "free_threaded": false, "base": true}\'', "it is PyPy"),
        ('echo \'{"version": "VERSION.1", "bits": 64, "implementation": "CPython", "free_threaded": true, "base": true}\'', "free-threaded"),
        ('echo \'{"version": "3.5.1", "bits": 64, "implementation": "CPython", "free_threaded": false, "base": true}\'', r"it is Python 3\.5\.1"),
        ("echo hello", "something else"),
    ],
)
def test_an_interpreter_that_cannot_be_used_is_named_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = script(tmp_path / "python", text.replace("VERSION", VERSION))
    with pytest.raises(PrefixError, match=fault) as caught:
        interpreter_for(plan_of(), with_pythons((path, f"{VERSION}.1", "path")), EngineSettings())
    assert path in caught.value.says
