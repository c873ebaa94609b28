"""Folders that an uninstall left under a framework's name, and the Python that a prefix's own pip starts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from scan.making import contents, lay, venv

from drivetrain.scan import scan


def test_a_folder_that_no_distribution_owns_is_told_with_what_python_makes_of_it(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("torch", "2.8.0", {"torch/__init__.py": b""}))
    (site / "tensorflow/python/__pycache__").mkdir(parents=True)
    (site / "numpy").mkdir()
    (site / "numpy/__init__.py").write_text("")
    (site / "somebody_elses").mkdir()
    loose = scan(tmp_path).loose
    assert [(each.path, each.has_init) for each in loose] == [("numpy", True), ("tensorflow", False)]


def test_where_a_distribution_has_no_list_of_its_files_no_folder_is_called_loose(tmp_path: Path) -> None:
    site = venv(tmp_path)
    info = site / "tensorflow-2.1.0.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text("Metadata-Version: 1.1\nName: tensorflow\nVersion: 2.1.0\n")
    (site / "tensorflow").mkdir()
    assert scan(tmp_path).loose == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has programs there, no scripts")
def test_where_the_python_of_pip_lies(tmp_path: Path) -> None:
    for name in ("mine", "other"):
        venv(tmp_path / name)
        (tmp_path / name / "bin").mkdir()
        (tmp_path / name / "bin/python").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    told = []
    for first in (
        f"{tmp_path}/mine/bin/python",
        f"{tmp_path}/link/bin/python3",
        f"{tmp_path}/other/bin/python",
        "/srv/gone/bin/python",
        "/usr/bin/env python3",
    ):
        (tmp_path / "mine/bin/pip").write_text(f"#!{first}\nimport pip\n")
        python = scan(tmp_path / "mine").interpreter
        told.append(python.pip_lies if python else None)
    assert told == ["here", "here", "elsewhere", "nowhere", ""]
