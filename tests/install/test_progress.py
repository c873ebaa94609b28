"""The bar counts what is really downloaded, follows uv's own lines, and never goes back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from drivetrain.install.progress import Meter
from drivetrain.model.lock import Artifact, Lock

LOCK = Lock(
    path="",
    text="",
    python="3.12",
    artifacts=tuple(
        Artifact(name=name, version="1", file=f"{name}.whl", bytes=size, sha256="0") for name, size in (("big_one", 1000), ("other", 500), ("tiny", 5))
    ),
)
LINES = (
    "Downloading big-one (1.0KiB)",
    "Downloading other (500B)",
    " Downloaded other",
    " Downloaded big-one",
    "Prepared 3 packages in 1s",
    "Installed 3 packages in 2ms",
)


def states(uncached: int, lines: tuple[str, ...] = LINES) -> list[tuple[str, int, int]]:
    told: list[tuple[str, int, int]] = []
    meter = Meter(LOCK, lambda phase, done, total, says: told.append((phase, done, total)), uncached=uncached)
    for line in lines:
        meter.heard(line)
    return told


def test_all_of_the_lock_counts_where_nothing_is_cached() -> None:
    assert states(3) == [
        ("download", 0, 1505),
        ("download", 0, 1505),
        ("download", 500, 1505),
        ("download", 1500, 1505),
        ("install", 1505, 1505),
        ("compile", 1505, 1505),
    ]


def test_only_what_uv_begins_with_counts_where_some_is_cached() -> None:
    assert states(1, (LINES[1], LINES[2], *LINES[4:])) == [("download", 0, 500), ("download", 500, 500), ("install", 500, 500), ("compile", 500, 500)]


def test_a_cached_lock_downloads_nothing() -> None:
    assert states(0, LINES[5:]) == [("compile", 0, 0)]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_what_uv_has_written_moves_the_bar_between_its_lines(tmp_path: Path) -> None:
    (tmp_path / "written").write_bytes(b"x" * 10_000)
    told: list[int] = []
    meter = Meter(LOCK, lambda phase, done, total, says: told.append(done), uncached=3)
    meter.heard(LINES[1])
    # We have written more than these few bytes ourselves: the bar still stops at what is under way.
    meter.tick(os.getpid())
    meter.tick(2**22 + 1)
    assert told == [0, 500]
