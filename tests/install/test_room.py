"""A disk that cannot hold an environment is named before anything is fetched; nothing is refused that would fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivetrain.errors import PrefixError
from drivetrain.install import EngineSettings
from drivetrain.install.engine import Engine
from drivetrain.install.room import check_room, size_text
from drivetrain.model.lock import Lock


@pytest.fixture
def large(alpha_lock: Lock, tmp_path: Path) -> Lock:
    """A lock that unpacks to twice the free space."""
    free = shutil.disk_usage(tmp_path).free
    return replace(alpha_lock, artifacts=(replace(alpha_lock.artifacts[0], bytes=int(free / 1.9 * 2)), alpha_lock.artifacts[1]))


@pytest.mark.parametrize(("link_mode", "uncached", "fits"), [("hardlink", 2, False), ("hardlink", 1, True), ("hardlink", 0, True), ("copy", 0, False)])
def test_what_the_cache_holds_needs_no_room_again(large: Lock, settings: EngineSettings, tmp_path: Path, link_mode: str, uncached: int, fits: bool) -> None:
    engine = Engine(replace(settings, link_mode=link_mode), tmp_path)
    if fits:
        check_room(large, tmp_path / ".venv", engine, uncached=uncached)
        return
    with pytest.raises(PrefixError, match=r"free, .* are needed") as caught:
        check_room(large, tmp_path / ".venv", engine, uncached=uncached)
    assert str(tmp_path) in caught.value.says


def test_sizes_are_written_for_people() -> None:
    assert [size_text(size) for size in (5_200_000_000, 85_800_000, 12_000)] == ["5.2 GB", "85.8 MB", "12 kB"]
