"""CuPy, MXNet, ONNX Runtime and PaddlePaddle, really installed without a GPU: each proves itself on the CPU, or says why it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import drivetrain

pytestmark = [pytest.mark.install, pytest.mark.index, pytest.mark.timeout(900)]
COMPUTES = ["conv2d-fp32", "matmul-fp32"]


def up(folder: Path, *requirements: str) -> dict[str, Any]:
    """Gives what `up` says of a new environment in that folder."""
    words = [sys.executable, "-m", "drivetrain", "up", *requirements, "--json", "--yes", "--accelerator", "cpu"]
    environment = {**os.environ, "PYTHONPATH": str(Path(drivetrain.__file__).parent.parent)}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=800, env=environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def passed(said: dict[str, Any], framework: str) -> list[str]:
    """Gives the checks that a framework passed."""
    return sorted(each["check"] for each in said["verify"]["verdicts"] if each["framework"] == framework and each["state"] == "passed")


def test_onnxruntime_and_cupy_without_a_gpu(tmp_path: Path) -> None:
    said = up(tmp_path, "onnxruntime-gpu", "cupy")
    names = {each["name"]: each["build"] for each in said["plan"]["packages"] if each["requested"]}
    assert names.pop("onnxruntime") == "cpu", "the CPU build has the other name"
    assert [each.startswith("cupy-cuda") for each in names] == [True]
    assert passed(said, "onnxruntime") == [*COMPUTES[:1], "devices", "import", *COMPUTES[1:]]
    assert passed(said, "cupy") == ["devices", "import"], "CuPy computes on a GPU alone, and says so"
    why = {each["check"]: each["says"] for each in said["verify"]["verdicts"] if each["framework"] == "cupy" and each["state"] == "skipped"}
    assert set(COMPUTES) <= set(why)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="MXNet needs NumPy below 1.24, which has no wheels for Python 3.12")
def test_paddlepaddle_and_the_retired_mxnet_together(tmp_path: Path) -> None:
    said = up(tmp_path, "paddlepaddle", "mxnet", f"python=={sys.version_info.major}.{sys.version_info.minor}")
    versions = {each["name"]: each["version"] for each in said["plan"]["packages"]}
    assert versions["numpy"].startswith("1.23."), "MXNet's numpy.bool"
    assert "setuptools" in versions, "PaddlePaddle imports it and does not name it"
    assert "mxnet-retired" in {each["cause"] for each in said["plan"]["findings"]}
    for framework in ("mxnet", "paddle"):
        assert passed(said, framework) == ["conv2d-fp32", "devices", "gradient", "import", "matmul-fp32"]
    assert passed(said, "mxnet+paddle") == passed(said, "paddle+mxnet") == ["import-order"]
