"""How old the facts of a plan are: those of the cache while they count, else those that came with drivetrain."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

from drivetrain.catalogue.refresh.snapshot_file import write_snapshot
from drivetrain.model.catalogue import Snapshot
from drivetrain.workflows.cache import shipped_path
from drivetrain.workflows.facts import counts, day_of, days_old


def overlay(cache: Path, day: str, age_days: float = 0.0) -> Path:
    path = cache / "snapshot.json"
    write_snapshot(Snapshot(as_of=day, distributions=()), path)
    now = path.stat().st_mtime
    os.utime(path, (now - age_days * 86400, now - age_days * 86400))
    return path


SHIPPED = date.fromisoformat(day_of(shipped_path()))


def later(days: int) -> str:
    return (SHIPPED + timedelta(days)).isoformat()


def test_without_a_cache_the_shipped_facts_count(tmp_path: Path) -> None:
    assert days_old(tmp_path / "nowhere", SHIPPED + timedelta(40)) == 40


def test_a_young_overlay_counts_for_a_week(tmp_path: Path) -> None:
    assert counts(overlay(tmp_path, later(50), 6.9))
    assert days_old(tmp_path, SHIPPED + timedelta(52)) == 2
    assert not counts(overlay(tmp_path, later(50), 7.1))
    assert days_old(tmp_path, SHIPPED + timedelta(58)) == 58


def test_an_overlay_that_a_newer_drivetrain_has_overtaken_counts_no_longer(tmp_path: Path) -> None:
    assert not counts(overlay(tmp_path, later(-3)))
    assert counts(overlay(tmp_path, later(0)))


def test_a_file_that_is_no_snapshot_counts_not(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_text("{")
    assert not counts(tmp_path / "snapshot.json")
    assert days_old(tmp_path, SHIPPED) == 0
