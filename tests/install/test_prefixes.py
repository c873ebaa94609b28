"""Whose a prefix is, and that nothing of anybody else's is ever taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from install_orders import order_of

from drivetrain.errors import PrefixError
from drivetrain.install import EngineSettings, check_prefix, commit, owner_of, stage
from drivetrain.model.lock import Lock


def test_missing_and_empty_prefixes_take_an_environment(tmp_path: Path, alpha_lock: Lock, settings: EngineSettings) -> None:
    assert owner_of(tmp_path / "none").kind == "missing"
    (tmp_path / "empty").mkdir()
    assert owner_of(tmp_path / "empty").kind == "empty"
    commit(stage(order_of(alpha_lock, tmp_path / "empty"), settings))
    assert owner_of(tmp_path / "empty").kind == "ours"


def test_an_environment_of_somebody_else_is_refused_with_a_way_out(tmp_path: Path, alpha_lock: Lock, settings: EngineSettings) -> None:
    prefix = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
    before = sorted(map(str, prefix.rglob("*")))
    with pytest.raises(PrefixError, match="a virtual environment that drivetrain did not make") as caught:
        stage(order_of(alpha_lock, prefix), settings)
    assert "--prefix" in caught.value.next
    assert sorted(map(str, prefix.rglob("*"))) == before
    assert not (tmp_path / ".drivetrain").exists()


def test_a_conda_environment_a_folder_and_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "conda" / "conda-meta").mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "photo.jpg").touch()
    (tmp_path / "file").touch()
    for name, says in (("conda", "a conda environment"), ("folder", "a folder with other things in it"), ("file", "is a file, not a folder")):
        with pytest.raises(PrefixError, match=says):
            check_prefix(tmp_path / name)
    with pytest.raises(PrefixError, match="is a file, not a folder"):
        check_prefix(tmp_path / "file" / "below")


def test_a_link_a_nested_place_and_an_unusable_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    with pytest.raises(PrefixError, match="is a symbolic link to"):
        check_prefix(tmp_path / "link")
    with pytest.raises(PrefixError, match=r"lies inside another environment, .*env"):
        check_prefix(tmp_path / "env" / "lib" / "inner")
    with pytest.raises(PrefixError, match="separates paths"):
        check_prefix(tmp_path / f"a{os.pathsep}b")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PrefixError, match="cannot be written"):
        check_prefix(tmp_path / ".venv")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="/proc takes no folders, not even root's")
def test_a_place_that_takes_no_folders_is_refused(alpha_lock: Lock, settings: EngineSettings) -> None:
    with pytest.raises(PrefixError, match="cannot be written"):
        stage(order_of(alpha_lock, Path("/proc/drivetrain/.venv")), settings)


def test_a_record_of_ours_that_is_damaged_makes_it_nobody_s_we_know(tmp_path: Path, alpha_lock: Lock, settings: EngineSettings) -> None:
    prefix = tmp_path / ".venv"
    commit(stage(order_of(alpha_lock, prefix), settings))
    (prefix / "drivetrain" / "environment.json").write_text("{}")
    assert owner_of(prefix).kind == "foreign"
