"""`drivetrain audit --loader`: the tree by a real run over libraries made here, its document, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from audit.loader.real_loader import compiled, needs_gcc
from scan.making import contents, lay, venv

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """PyTorch with a CUDA runtime beside it, of real ELF files; its cuDNN was never installed."""
    prefix = tmp_path / "empty" / ".venv"
    site = venv(prefix)
    version = {"torch/version.py": b"__version__ = '2.8.0'\ncuda: Optional[str] = '12.8'\n"}
    names = ("torch/lib/libtorch_global_deps.so", "torch/_C.cpython-311-x86_64-linux-gnu.so")
    lay(site, contents("torch", "2.8.0", {**version, **dict.fromkeys(names, b"")}))
    lay(site, contents("nvidia-cuda-runtime-cu12", "12.8.90", {"nvidia/cuda_runtime/lib/libcudart.so.12": b""}))
    cudart = compiled(site / "nvidia" / "cuda_runtime" / "lib" / "libcudart.so.12")
    cudnn = compiled(tmp_path / "libcudnn.so.9")
    compiled(site / "torch" / "lib" / "libtorch_global_deps.so", cudart, rpath="$ORIGIN/../../nvidia/cuda_runtime/lib")
    compiled(site / "torch" / "_C.cpython-311-x86_64-linux-gnu.so", cudart, cudnn, rpath="$ORIGIN/../nvidia/cuda_runtime/lib")
    return prefix


@needs_gcc
def test_the_tree_says_what_is_loaded_of_which_package_and_what_found_it(cli: Cli, prefix: Path) -> None:
    said = cli("audit", "--loader", "torch")
    lines = said.out.splitlines()
    assert lines[0].startswith("torch 2.8.0")
    assert "libcudnn.so.9" in lines[0]
    row = next(line for line in lines if "libcudart.so.12" in line)
    assert "nvidia-cuda-runtime-cu12 12.8.90" in row
    assert "RPATH of libtorch_global_deps.so" in row
    whole = cli("audit", "--loader", "pytorch", "--verbose").out
    assert "nvidia/cuda_runtime/lib/libcudart.so.12" in whole
    assert "已加载" in cli("audit", "--loader", "torch", "--verbose", "--lang", "zh").out


@needs_gcc
def test_the_document_holds_the_tree(cli: Cli, prefix: Path) -> None:
    found = json.loads(cli("audit", "--loader", "torch", "--json").out)
    jsonschema.validate(found, schema("audit"))
    loader = found["loader"]
    assert (loader["framework"], loader["version"], loader["missing"]) == ("torch", "2.8.0", ["libcudnn.so.9"])
    root = next(each for each in loader["tree"] if each["name"].endswith("libtorch_global_deps.so"))
    cudart = next(each for each in root["needs"] if each["name"] == "libcudart.so.12")
    assert (cudart["via"], cudart["of"], cudart["version"]) == ("rpath", "torch/lib/libtorch_global_deps.so", "12.8.90")
    assert "loader" not in json.loads(cli("audit", "--json").out)
    assert any(each["cause"] == "cudnn-not-found" and each["state"] == "found" for each in found["outcomes"])


@needs_gcc
def test_of_another_machine_what_lies_outside_is_not_claimed(cli: Cli, prefix: Path, machines: Path) -> None:
    found = json.loads(cli("audit", "--machine", str(machines / "rtx-4090-driver-560.json"), "--loader", "torch", "--json").out)
    assert (found["loader"]["system"], found["loader"]["missing"]) == (False, [])
    assert not any(each["cause"] == "cudnn-not-found" for each in found["outcomes"])


def test_what_cannot_be_drawn_is_refused_in_one_line(cli: Cli, tmp_path: Path) -> None:
    venv(tmp_path / "empty" / ".venv")
    for name in ("torch", "nonsense"):
        said = cli("audit", "--loader", name)
        assert said.code == 2
        assert name in said.err
        assert "Traceback" not in said.err
