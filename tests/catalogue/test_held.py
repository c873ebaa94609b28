"""A snapshot's file is held as it is and decoded distribution by distribution; whatever its layout, a damaged one says so."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from drivetrain.catalogue import DATA, read_snapshot
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in, write_snapshot
from drivetrain.errors import CatalogueError
from drivetrain.model.catalogue import Distribution, Labelled, Release, Snapshot

SMALL = Snapshot(
    as_of="2026-11-24",
    places=("https://index.example/simple",),
    labelled=(Labelled(distribution="flow", version="1.0", local="cu126", place="index:https://index.example/simple"),),
    distributions=(
        Distribution(name="flow", releases=(Release(version="1.0", released="2026-01-02"),), checked="2026-11-24"),
        Distribution(name="rain", releases=()),
    ),
)


def test_the_shipped_file_says_the_same_held_and_whole() -> None:
    held, whole = read_snapshot(), snapshot_in(DATA / "snapshot.json")
    assert held.distributions == whole.distributions
    assert (held.as_of, held.markers, held.labelled) == (whole.as_of, whole.markers, whole.labelled)


@pytest.mark.parametrize("rewritten", [lambda text: text, lambda text: msgspec.json.format(text, indent=1), lambda text: text.replace(b"\n", b"")])
def test_any_layout_is_read(rewritten: object, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(SMALL, path)
    path.write_bytes(rewritten(path.read_bytes()))  # type: ignore[operator]
    held = read_snapshot(path)
    assert held.names == {"flow", "rain"}
    assert held.distributions == SMALL.distributions
    assert (held.as_of, held.places, held.labelled) == (SMALL.as_of, SMALL.places, SMALL.labelled)


def test_an_empty_snapshot_is_one(tmp_path: Path) -> None:
    write_snapshot(Snapshot(as_of="2026-11-24", distributions=()), tmp_path / "snapshot.json")
    assert read_snapshot(tmp_path / "snapshot.json").names == frozenset()


@pytest.mark.parametrize("cut", [1, 5, 40, 200])
def test_half_a_file_is_no_snapshot(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(SMALL, path)
    path.write_bytes(path.read_bytes()[:-cut] if cut > 1 else b"{")
    with pytest.raises(CatalogueError, match=r"snapshot\.json"):
        read_snapshot(path)


def test_a_damaged_row_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(SMALL, path)
    path.write_bytes(path.read_bytes().replace(b'"version":"1.0","released"', b'"version":1,"released"'))
    held = read_snapshot(path)
    assert held.releases("rain") == ()
    with pytest.raises(CatalogueError, match="flow"):
        held.releases("flow")
