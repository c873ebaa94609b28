"""Healthy environments of other layouts: Windows, macOS, a plain folder, conda, Debian's own Python, the one that tests run in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conda_prefix import conda_prefix
from healthy import CPU, OTHER_SYSTEMS, Healthy, cases, machine_file, nothing_is_wrong, stays_healthy
from workshop import audited, found, made, told

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


@cases(*OTHER_SYSTEMS)
def test_nothing_is_wrong(healthy: Healthy, tmp_path: Path) -> None:
    stays_healthy(healthy, tmp_path)


def test_nothing_is_wrong_in_a_conda_prefix(tmp_path: Path) -> None:
    nothing_is_wrong(conda_prefix(tmp_path), "h100-driver-580")


def test_nothing_is_wrong_with_the_build_of_torch_for_the_cpu(tmp_path: Path) -> None:
    links = (
        os.environ.get("PIP_FIND_LINKS")
        or subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.find-links"], capture_output=True, text=True, check=False).stdout.strip()
    )
    wheel = next((path for each in links.split() for path in sorted(Path(each).glob("torch-*+cpu-cp311-*linux*.whl"))), None)
    if wheel is None:
        pytest.skip("no CPU build of torch lies here")
    prefix = made(tmp_path / "env", str(wheel), UV_CACHE_DIR=str(tmp_path / "cache"))
    nothing_is_wrong(prefix, CPU)
    shutil.rmtree(tmp_path)


def test_nothing_is_wrong_in_the_environment_of_these_tests() -> None:
    """./test makes it under another name and renames it once it is whole: pip's own programs do not start in it, audit says so, and nobody starts them."""
    findings = found(audited(Path(sys.prefix), "--machine", machine_file(CPU)), "error", "warning")
    assert not [each for each in findings if each["cause"] != "pip-belongs-to-other-python"], told(findings)


@pytest.mark.skipif(not Path("/usr/lib/python3/dist-packages").is_dir(), reason="no Python of Debian's")
def test_nothing_is_wrong_in_the_systems_own_python() -> None:
    nothing_is_wrong(Path("/usr"), CPU)
