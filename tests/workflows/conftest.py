"""A find-links folder of tiny wheels, and a machine configuration in which nothing else exists: whole environments are made of them, offline."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
Run = Callable[..., subprocess.CompletedProcess[str]]


def wheel(folder: Path, name: str, version: str, requires: tuple[str, ...] = (), files: dict[str, str] | None = None) -> None:
    """Writes a pure wheel with one module."""
    info = f"{name}-{version}.dist-info"
    held = {
        f"{name}.py": f"VERSION = {version!r}\n",
        **(files or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {each}\n" for each in requires),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in held.items()]
    held[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in held.items():
            archive.writestr(path, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "alpha", "1.0", ("beta>=1",))
    wheel(folder, "beta", "1.0")
    wheel(folder, "beta", "2.0")
    wheel(folder, "gamma", "1.0", ("beta<2",))
    wheel(folder, "delta", "1.0", files={"shared.py": "FROM = 'delta'\n"})
    wheel(folder, "epsilon", "1.0", files={"shared.py": "FROM = 'epsilon, which is longer'\n"})
    return folder


@pytest.fixture(scope="session")
def make_wheel() -> Callable[..., None]:
    return wheel


@pytest.fixture(scope="session")
def variables(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user who has nothing but the folder of wheels."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "DRIVETRAIN_", "VIRTUAL_ENV", "CONDA", "LC_", "LANG"))}
    return {
        **kept,
        "PYTHONPATH": str(SOURCE),
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "LC_ALL": "C.UTF-8",
        "SHELL": "/bin/bash",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def drivetrain(variables: dict[str, str], project: Path) -> Run:
    """Runs the real command in the project's folder."""
    return runner(variables, project)


@pytest.fixture(scope="session")
def finished(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A project whose environment is made already, for tests that only look at it; and the command in its folder."""
    folder = tmp_path_factory.mktemp("finished")
    run = runner(variables, folder)
    assert run("up", "alpha", "--quiet").returncode == 0
    return folder, run


def runner(variables: dict[str, str], folder: Path) -> Run:
    home = folder

    def run(*words: str, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "drivetrain", *words],
            cwd=folder or home,
            env={**variables, **more},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run
