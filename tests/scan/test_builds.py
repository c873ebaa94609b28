"""What frameworks' own files say of their build is read as text; what they leave out is not guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from scan.making import contents, lay, venv

from drivetrain.model.environment import BuildFacts
from drivetrain.scan import scan

ONNXRUNTIME = "onnxruntime/capi/build_and_package_info.py"
PADDLE = "paddle/version/__init__.py"
CUPY = "cupy/.data/_wheel.json"


def facts(tmp_path: Path, name: str, path: str, text: str) -> dict[str, BuildFacts]:
    lay(venv(tmp_path), contents(name, "1.0", {path: text.encode()}))
    return {each.distribution: each for each in scan(tmp_path).builds}


@pytest.mark.parametrize(
    ("name", "path", "text", "told"),
    [
        ("onnxruntime-gpu", ONNXRUNTIME, "package_name = 'onnxruntime-gpu'\n__version__ = '1.31.1'\ncuda_version = '13.0'\n", ("13.0", None, True)),
        ("onnxruntime", ONNXRUNTIME, "package_name = 'onnxruntime'\n__version__ = '1.31.1'\n", (None, None, False)),
        ("paddlepaddle-gpu", PADDLE, "cuda_version     = '12.6'\ncudnn_version    = '9.5.1'\n", ("12.6", "9.5.1", True)),
        ("paddlepaddle", PADDLE, "cuda_version     = 'False'\ncudnn_version    = 'False'\n", (None, None, False)),
        ("cupy-cuda12x", CUPY, '{"cuda": "12.x", "packaging": "pip"}', ("12", None, True)),
    ],
)
def test_each_says_its_cuda(tmp_path: Path, name: str, path: str, text: str, told: tuple[str | None, str | None, bool]) -> None:
    (one,) = facts(tmp_path, name, path, text).values()
    assert (one.distribution, one.source) == (name, path)
    assert (one.cuda, one.cudnn, one.is_cuda_build) == told


@pytest.mark.parametrize(
    ("name", "path", "text"),
    [("onnxruntime-gpu", ONNXRUNTIME, "package_name = 'onnxruntime-gpu'\n"), ("cupy-cuda12x", CUPY, "{torn"), ("cupy-cuda12x", CUPY, "[]")],
)
def test_where_the_file_does_not_tell_the_name_alone_counts(tmp_path: Path, name: str, path: str, text: str) -> None:
    one = facts(tmp_path, name, path, text)[name]
    assert (one.cuda, one.is_cuda_build, one.source) == (None, True, f"{name.replace('-', '_')}-1.0.dist-info")


def test_the_file_of_another_build_lies_over_this_one(tmp_path: Path) -> None:
    one = facts(tmp_path, "onnxruntime-gpu", ONNXRUNTIME, "package_name = 'onnxruntime'\n")["onnxruntime-gpu"]
    assert one.cuda is None


def test_a_paddle_that_says_nothing(tmp_path: Path) -> None:
    assert facts(tmp_path, "paddlepaddle", PADDLE, "full_version = '3.0'\n") == {}
