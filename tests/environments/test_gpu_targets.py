"""TensorFlow with the newest cuDNN, for three GPUs: which library has code for each, told with its targets and their counts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from healthy import machine_file
from workshop import audited, found, made, told

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]

CUDNN = "9.28.0.42"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("targets")
    yield made(folder / "env", "tensorflow[and-cuda]==2.21.0", f"nvidia-cudnn-cu12=={CUDNN}")
    shutil.rmtree(folder)


def counted(finding: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The targets and counts that the evidence states, by library."""
    stated = [each["text"].partition(" holds code for: ") for each in finding["evidence"]]
    return {library: {target: int(count) for target, count in re.findall(r"(\S+)×(\d+)", targets)} for library, mark, targets in stated if mark}


@pytest.mark.parametrize(("stem", "capability"), [("v100-driver-580", "7.0"), ("gtx-1080-driver-580", "6.1")])
def test_a_gpu_that_cudnn_has_left_is_an_error_that_names_the_library(environment: Path, stem: str, capability: str) -> None:
    error, *more = found(audited(environment, "--machine", machine_file(stem)), "error", "warning")
    assert not more, told(more)
    assert (error["severity"], error["cause"], error["about"]) == ("error", "compute-capability-not-in-build", "nvidia-cudnn-cu12")
    assert CUDNN in error["says"]
    assert f"compute capability {capability}" in error["says"]
    counts = counted(error)
    assert {"libcudnn_cnn.so.9", "libcudnn_ops.so.9"} <= set(counts)
    for library, targets in counts.items():
        assert min(int(re.sub(r"\D", "", target)) for target in targets) == 75, library
        assert f"for {capability} 0 of {max(targets.values())} pieces" in "\n".join(each["text"] for each in error["evidence"])
    assert error["fix"][0]["edit"]["require"] == ["tensorflow"]


def test_a_newer_gpu_is_served_by_cudnns_code_and_by_tensorflows_ptx(environment: Path) -> None:
    document = audited(environment, "--machine", machine_file("rtx-5090-driver-575"))
    assert not found(document, "error", "warning"), told(found(document))
    (note,) = found(document, "note")
    assert (note["cause"], note["about"]) == ("ptx-jit-first-start", "tensorflow")
    (targets,) = [targets for library, targets in counted(note).items() if library.startswith("libtensorflow_cc.so")]
    assert targets["compute_90"] == targets["sm_80"] > 1000
    assert "for 12.0 0 of" in "\n".join(each["text"] for each in note["evidence"])
