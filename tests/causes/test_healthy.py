"""Logs of real runs in which nothing of the environment is wrong: what succeeded, and failures that are the user's own; none gets a real cause."""

from __future__ import annotations

from pathlib import Path

import pytest
from causes_told import diagnosed

LOGS = sorted((Path(__file__).parent / "healthy").glob("*.log"))


def test_there_are_many_and_of_many_programs() -> None:
    assert len(LOGS) >= 60
    assert {"torch", "tf", "keras", "jax", "pip", "uv", "conda", "pytest", "nginx", "systemd", "own"} <= {path.stem.split("-")[0] for path in LOGS}


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_healthy_log_gets_no_real_cause(path: Path) -> None:
    assert not [each.cause.cause for each in diagnosed(path.read_text(encoding="utf-8")) if not each.benign]
