"""Real wheels from the configured index, locked and installed for every CPython at hand, imported from where they end up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from install_orders import MACHINE, order_of, plan_of
from msgspec.structs import replace

from drivetrain.install import EngineSettings, commit, installed_exactly, interpreter_for, lock, stage, uv_configuration
from drivetrain.install.activation import python_of
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Interpreter, Machine
from drivetrain.model.request import Request
from drivetrain.probe.configuration import pip_settings_here

pytestmark = [pytest.mark.install, pytest.mark.usefixtures("configured")]
PINS = ("numpy==2.2.6", "ml-dtypes==0.5.1")


def pythons(version: str) -> Machine:
    """This machine with the interpreters of that version on PATH and in pyenv."""
    folders = [*Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin"), *map(Path, os.environ["PATH"].split(os.pathsep))]
    found = [path for folder in folders if (path := folder / f"python{version}").exists() and "shims" not in str(path)]
    return replace(MACHINE, pythons=tuple(Interpreter(path=str(path), version=version) for path in found))


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_a_real_set_installs_and_imports(version: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    machine = pythons(version)
    if not machine.pythons:
        pytest.skip(f"no CPython {version} here")
    cache = tmp_path_factory.getbasetemp() / "real-cache"
    settings = EngineSettings(cache_dir=cache, pip=pip_settings_here(), uv=uv_configuration())
    plan = plan_of(*PINS, python=version)
    told: list[tuple[str, int, int, str]] = []
    made = lock(plan, Request(wishes=()), machine, interpreter_for(plan, machine, settings), settings)
    assert isinstance(made, Lock)
    assert all(each.bytes and each.sha256 and f"cp{version.replace('.', '')}" in each.file for each in made.artifacts)
    prefix = tmp_path / "real env"
    order = replace(order_of(made, prefix, *PINS), interpreter=interpreter_for(plan, machine, settings))
    assert commit(stage(order, settings, lambda *what: told.append(what))).previous is None
    script = "import numpy, ml_dtypes, sys; print(sys.prefix); print(numpy.ones(3, ml_dtypes.bfloat16).sum())"
    assert subprocess.run([python_of(prefix), "-c", script], capture_output=True, text=True, check=True).stdout == f"{prefix}\n3\n"
    assert installed_exactly(prefix, made)
    assert [phase for phase, *_ in told if phase != "download"] == ["install", "compile", "check"]
    again = lock(plan, Request(wishes=()), machine, order.interpreter, replace(settings, offline=True))
    assert again == made
    commit(stage(order, replace(settings, offline=True)))
    shutil.rmtree(tmp_path)
    if version == "3.13":
        shutil.rmtree(cache)
