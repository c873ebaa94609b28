"""The maintainers' command line, the default index, the shipped scope, and the real index."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from index_server import Index

from drivetrain.catalogue.refresh.__main__ import main
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.reading import Places, Wanted, snapshot_of
from drivetrain.catalogue.refresh.scope import shipped_scope
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in


def test_the_command_writes_a_snapshot_and_says_what_changed(index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "snapshot.json"
    index.publish("torch-2.10.0-cp312-cp312-manylinux_2_28_x86_64.whl", ["numpy"])
    assert main(["--index", index.url, "-o", str(output)]) == 0
    assert [each.name for each in snapshot_in(output).distributions] == ["torch"]
    index.publish("torch-2.11.0-cp312-cp312-manylinux_2_28_x86_64.whl", ["numpy"], uploaded="2026-03-23T00:00:00Z")
    assert main(["--index", index.url, "-o", str(output)]) == 0
    assert "torch 2.11.0 was released on 2026-03-23" in capsys.readouterr().out


def test_the_command_says_in_two_lines_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "snapshot.json"
    output.write_text("{")
    assert main(["--index", "http://127.0.0.1:9/simple", "-o", str(output)]) == 2
    assert capsys.readouterr().err.splitlines()[0].startswith(f"{output} is no snapshot")


def test_uv_names_its_default_index() -> None:
    assert default_index().startswith("https://")


def test_the_scope_is_written_once_and_in_one_spelling() -> None:
    names = [each.name for each in shipped_scope()]
    assert len(names) == len(set(names))
    assert all(name == name.lower().replace("_", "-") for name in names)
    assert {"tensorflow", "torch", "jax", "jaxlib", "numpy", "nvidia-cudnn-cu12", "nvidia-nccl-cu12"} <= set(names)


@pytest.mark.index
def test_the_real_index() -> None:
    wanted = [Wanted("jax-cuda13-pjrt"), Wanted("torch", oldest="2.10", every_platform=True), Wanted("tf-keras")]
    snapshot = snapshot_of(wanted, Places((default_index(),)))
    known = {distribution.name: {release.version: release for release in distribution.releases} for distribution in snapshot.distributions}
    assert set(known) == {"jax-cuda13-pjrt", "torch", "tf-keras"}
    assert all(release.read_from and release.released for releases in known.values() for release in releases.values())
    pins = {each.name: each.specifier for each in known["torch"]["2.10.0"].requires}
    assert pins["nvidia-cudnn-cu12"] == "==9.10.2.21"
    assert snapshot_of(wanted, Places((default_index(),)), old=snapshot) == snapshot


@pytest.mark.index
def test_everything_is_read_again_within_a_minute(tmp_path: Path) -> None:
    """All that is in scope, from nothing, from the index that this machine has."""
    started = time.monotonic()
    snapshot = snapshot_of(shipped_scope(), Places((default_index(),)))
    assert time.monotonic() - started < 60
    assert len(snapshot.distributions) > 150
    unread = [f"{each.name} {release.version}" for each in snapshot.distributions for release in each.releases if release.wheels and not release.read_from]
    assert len(unread) < 40, unread
