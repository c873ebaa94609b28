"""The environment that `pip install torch tensorflow[and-cuda] jax[cuda12]` makes: every file that one wheel took from another is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from recorded import clashes
from workshop import SITE, audited, found, made, told

pytestmark = pytest.mark.install

NAIVE = ("torch", "tensorflow[and-cuda]", "jax[cuda12]")
SMALL = ("nvidia-cudnn-cu12==9.10.2.21", "nvidia-cudnn-cu13==9.26.0.51", "nvidia-nccl-cu12", "nvidia-nccl-cu13")
"""The same fault in 2 GB: each pair owns one folder."""


def named_files(document: dict[str, Any]) -> dict[str, str]:
    """What the audit says of each file that was lost: its path and the two owners."""
    findings = [each for each in found(document, "error") if "on disk: " in each["evidence"][0]["text"]]
    return {evidence["path"]: evidence["text"] for each in findings for evidence in each["evidence"]}


def agree(prefix: Path) -> int:
    """Asserts that audit and RECORDs say the same of every file; gives how many."""
    document, truth = audited(prefix), clashes(prefix / SITE)
    named = named_files(document)
    assert set(named) == set(truth), told(found(document))
    for path, clash in truth.items():
        winners, _, losers = named[path].removeprefix("on disk: ").partition("; lost: ")
        assert set(winners.split(", ")) == clash.winners, path
        assert set(losers.split(", ")) == clash.losers, path
    return len(truth)


def test_the_same_fault_in_small_is_told_file_by_file(tmp_path: Path) -> None:
    prefix = made(tmp_path / "env", *SMALL)
    assert agree(prefix) >= 20
    assert found(audited(prefix), "error")[0]["cause"] == "cuda-wheel-majors-mixed"
    shutil.rmtree(prefix)


@pytest.mark.timeout(900)
@pytest.mark.skipif("DRIVETRAIN_HEAVY_TESTS" not in os.environ, reason="12 GB: DRIVETRAIN_HEAVY_TESTS=1 makes it, or names one that is there")
def test_the_naive_environment_is_told_file_by_file(tmp_path: Path) -> None:
    there = Path(os.environ.get("DRIVETRAIN_NAIVE_ENVIRONMENT", ""))
    prefix = there if (there / "pyvenv.cfg").exists() else made(tmp_path / "env", *NAIVE)
    assert agree(prefix) >= 100
    document = audited(prefix)
    assert found(document, "error")[0]["cause"] == "cuda-wheel-majors-mixed"
    assert len(named_files(document)) == agree(prefix)
    if prefix != there:
        shutil.rmtree(prefix)
