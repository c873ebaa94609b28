"""The place that a virtual environment was made for: as it lies, moved, copied, behind a link, relocatable, kept by drivetrain."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scan.making import uv, uv_venv, venv, wheel

from drivetrain.model.site_folder import Origin
from drivetrain.scan import scan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its programs name no interpreter")


def origin(prefix: Path) -> Origin:
    found = scan(prefix).origin
    assert found is not None
    return found


def made(tmp_path: Path, name: str = "env") -> Path:
    program = {"one-1.dist-info/entry_points.txt": b"[console_scripts]\nuno = one:main\n"}
    return uv_venv(tmp_path / name, wheel(tmp_path, "one", "1", program))


def test_moved_copied_and_where_it_was_made(tmp_path: Path) -> None:
    prefix = made(tmp_path)
    assert (origin(prefix).state, origin(prefix).programs) == ("here", ())
    (tmp_path / "link").symlink_to(prefix)
    assert origin(tmp_path / "link").state == "here"
    shutil.copytree(prefix, tmp_path / "copy", symlinks=True)
    assert origin(tmp_path / "copy").state == "elsewhere"
    prefix.rename(tmp_path / "moved")
    found = origin(tmp_path / "moved")
    assert (found.state, found.folder, found.named_by) == ("gone", str(prefix), "bin/activate")
    assert [(each.path, each.interpreter) for each in found.programs] == [("bin/uno", f"{prefix}/bin/python")]
    # A link at the old place leads to where it is.
    prefix.symlink_to(tmp_path / "moved")
    assert origin(tmp_path / "moved").state == "here"


def test_the_standard_librarys_own_says_it_too(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "old"], check=True)
    (tmp_path / "old").rename(tmp_path / "new")
    assert (origin(tmp_path / "new").state, origin(tmp_path / "new").folder) == ("gone", str(tmp_path / "old"))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ('VIRTUAL_ENV="/srv/env"\nexport VIRTUAL_ENV\n', "/srv/env"),
        ('    export VIRTUAL_ENV=$(cygpath "/srv/env")\nelse\n    export VIRTUAL_ENV="/srv/my env"\nfi\n', "/srv/my env"),
        ("VIRTUAL_ENV='/srv/it'\\''s'\n", "/srv/it's"),
        ('VIRTUAL_ENV=\'\'"$(dirname -- "$(dirname -- "$(realpath -- "$SCRIPT_PATH")")")"\'\'\n', ""),
        ("unset VIRTUAL_ENV\nVIRTUAL_ENV='not closed\n", ""),
        ("VIRTUAL_ENV=env\n", ""),
    ],
)
def test_each_tools_way_to_write_it(tmp_path: Path, text: str, folder: str) -> None:
    venv(tmp_path)
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin/activate").write_text(text)
    assert (origin(tmp_path).folder, origin(tmp_path).named_by) == (folder, "bin/activate")
    assert origin(tmp_path).state == ("gone" if folder else "unnamed")


def test_without_activation_the_command_that_made_it_tells(tmp_path: Path) -> None:
    venv(tmp_path)
    assert origin(tmp_path) == Origin(state="unnamed")
    with (tmp_path / "pyvenv.cfg").open("a") as file:
        file.write("command = /usr/bin/python3 -m venv --clear /srv/gone\n")
    assert (origin(tmp_path).folder, origin(tmp_path).named_by, origin(tmp_path).state) == ("/srv/gone", "pyvenv.cfg", "gone")


def test_a_relocatable_one_finds_itself(tmp_path: Path) -> None:
    uv("venv", "--relocatable", "--python", sys.executable, tmp_path / "env")
    (tmp_path / "env").rename(tmp_path / "moved")
    assert origin(tmp_path / "moved") == Origin(named_by="bin/activate", state="unnamed")


def test_what_drivetrain_keeps_is_for_another_place(tmp_path: Path) -> None:
    prefix = made(tmp_path)
    (tmp_path / ".drivetrain/generations").mkdir(parents=True)
    prefix.rename(tmp_path / ".drivetrain/generations/1")
    assert origin(tmp_path / ".drivetrain/generations/1").state == "kept"


def test_a_conda_prefix_is_its_own_tools_business(tmp_path: Path) -> None:
    (tmp_path / "lib/python3.11/site-packages").mkdir(parents=True)
    (tmp_path / "conda-meta").mkdir()
    assert scan(tmp_path).origin is None


def test_an_image_has_a_root_of_its_own(tmp_path: Path) -> None:
    for name in ("opt/venv", "srv/copy"):
        prefix = tmp_path / "image" / name
        venv(prefix)
        (prefix / "bin").mkdir(exist_ok=True)
        (prefix / "bin/activate").write_text("VIRTUAL_ENV='/opt/venv'\n")
    states = {}
    for name in ("opt/venv", "srv/copy"):
        found = scan(tmp_path / "image" / name, root=tmp_path / "image").origin
        assert found is not None
        states[name] = found.state
    assert states == {"opt/venv": "here", "srv/copy": "elsewhere"}
