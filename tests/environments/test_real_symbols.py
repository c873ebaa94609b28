"""Real wheels beside each other: names that the other release lacks are found, and a pair that belongs together is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from environments.workshop import uv

from drivetrain.model.library import Unmet
from drivetrain.scan import scan

pytestmark = [pytest.mark.install, pytest.mark.timeout(1200), pytest.mark.skipif(sys.platform != "linux", reason="Linux wheels")]


def lacking(folder: Path, *requirements: str) -> dict[str, list[Unmet]]:
    """Installs these, and nothing that they require, and gives what is lacking by the folder of its library."""
    uv("pip", "install", "--quiet", "--no-deps", "--target", folder, "--only-binary", ":all:", "--python-version", "3.11", *requirements)
    found = scan(folder).unmet
    assert found is not None
    by_folder: dict[str, list[Unmet]] = {}
    for each in found:
        by_folder.setdefault(each.path.partition("/")[0], []).append(each)
    return by_folder


def test_tensorflow_text_of_another_release(tmp_path: Path) -> None:
    found = lacking(tmp_path / "other", "tensorflow-cpu==2.20.0", "tensorflow-text==2.16.1")
    assert set(found) == {"tensorflow_text"}
    assert {each.giver for each in found["tensorflow_text"]} == {"tensorflow"}
    assert any("lts_20230802" in symbol for each in found["tensorflow_text"] for symbol in each.symbols)
    assert lacking(tmp_path / "same", "tensorflow-cpu==2.20.0", "tensorflow-text==2.20.0") == {}


def test_torchvision_of_another_release_and_another_abi(tmp_path: Path) -> None:
    found = lacking(tmp_path / "other", "torch==2.9.1", "torchvision==0.21.0")
    assert set(found) == {"torchvision"}
    assert all("__cxx11" in each.instead for each in found["torchvision"])
    assert lacking(tmp_path / "same", "torch==2.9.1", "torchvision==0.24.1") == {}


def test_a_cuda_library_that_is_older_than_its_neighbour(tmp_path: Path) -> None:
    found = lacking(tmp_path / "other", "nvidia-cusparse-cu12==12.5.8.93", "nvidia-nvjitlink-cu12==12.1.105")
    (one,) = found["nvidia"]
    assert (one.giver, one.asked) == ("nvjitlink", ("nvidia/nvjitlink/lib/libnvJitLink.so.12",))
    assert "__nvJitLinkComplete_12_8" in one.symbols
    assert lacking(tmp_path / "same", "nvidia-cusparse-cu12==12.5.8.93", "nvidia-nvjitlink-cu12==12.8.93") == {}
