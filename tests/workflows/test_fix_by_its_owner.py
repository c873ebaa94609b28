"""What `fix` tells the owner of an environment that is not ours to type, typed: each line runs, and nothing is wrong afterwards."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fixes import Run, by_hand, document, site

ENTRY = "[console_scripts]\nhello = zeta:hello\n"


def typed(lines: list[str], project: Path, variables: dict[str, str]) -> None:
    offline = {**variables, "UV_NO_INDEX": "1", "UV_FIND_LINKS": variables["PIP_FIND_LINKS"]}
    for line in lines:
        subprocess.run(shlex.split(line), check=True, capture_output=True, cwd=project, env=offline)


def doubled(project: Path) -> None:
    """An interrupted upgrade left the older dist-info beside the newer."""
    place = site(project, "theirs")
    (place / "beta-1.0.dist-info").mkdir()
    for name in ("METADATA", "RECORD", "INSTALLER", "WHEEL"):
        text = (place / "beta-2.0.dist-info" / name).read_text()
        (place / "beta-1.0.dist-info" / name).write_text(text.replace("Version: 2.0", "Version: 1.0").replace("beta-2.0", "beta-1.0"))


def findings(drivetrain: Run, place: str) -> list[Any]:
    return document(drivetrain("fix", place, "--json"))["findings"]  # type: ignore[no-any-return]


def test_what_is_there_twice_is_there_once_with_uv(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    by_hand(project, variables, "alpha", name="theirs")
    doubled(project)
    shown = document(drivetrain("fix", "theirs", "--json"), 1)
    assert shown["commands"] == ["uv pip install --python theirs/bin/python --reinstall-package beta beta==2.0"]
    assert (shown["again"], shown["changes"], shown["kept"]) == (["beta"], [], 1)
    assert shown["download_bytes"] > 0
    assert "the other distribution stays as it is" in drivetrain("fix", "theirs").stdout
    typed(shown["commands"], project, variables)
    assert findings(drivetrain, "theirs") == []
    assert not (site(project, "theirs") / "beta-1.0.dist-info").exists()


def test_what_is_there_twice_is_there_once_with_pip(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    """pip takes one away at a time, and itself stays whatever the plan says."""
    subprocess.run([sys.executable, "-m", "venv", project / "theirs"], check=True)
    subprocess.run([project / "theirs/bin/python", "-m", "pip", "install", "--quiet", "alpha"], check=True, env=variables)
    doubled(project)
    shown = document(drivetrain("fix", "theirs", "--json"), 1)
    pip = "theirs/bin/python -m pip"
    assert shown["commands"] == [f"{pip} uninstall --yes beta", f"{pip} uninstall --yes beta", f"{pip} install beta==2.0"]
    typed(shown["commands"], project, variables)
    assert findings(drivetrain, "theirs") == []


@pytest.mark.parametrize("maker", ["uv", "venv"])
def test_a_moved_environment_is_set_right_where_it_lies(maker: str, drivetrain: Run, project: Path, variables: dict[str, str], make_wheel: Any) -> None:
    make_wheel(project, "zeta", "1.0", (), {"zeta.py": "def hello():\n    print('hello')\n", "zeta-1.0.dist-info/entry_points.txt": ENTRY})
    links = {**variables, "PIP_FIND_LINKS": str(project)}
    made = ["uv", "venv", "--quiet"] if maker == "uv" else [sys.executable, "-m", "venv", "--without-pip"]
    subprocess.run([*made, project / "old"], check=True, env=variables)
    by_hand(project, links, "zeta", name="old")
    (project / "old").rename(project / "new")
    shown = document(drivetrain("fix", "new", "--json", PIP_FIND_LINKS=str(project)), 1)
    assert [each["cause"] for each in shown["findings"]] == ["environment-moved"]
    first, second = shown["commands"]
    assert ("--allow-existing" in first) is (maker == "uv")
    assert second == "uv pip install --python new/bin/python --reinstall-package zeta zeta==1.0"
    typed(shown["commands"], project, links)
    assert findings(drivetrain, "new") == []
    said = subprocess.run(["bash", "-c", f". {shlex.quote(str(project))}/new/bin/activate && hello"], capture_output=True, text=True, check=True)
    assert said.stdout == "hello\n"


def test_ours_is_made_anew_where_it_lies(drivetrain: Run, project: Path) -> None:
    assert drivetrain("up", "alpha", "--quiet").returncode == 0
    (project / ".venv").rename(project / "moved")
    shown = document(drivetrain("fix", "moved", "--json"), 1)
    assert [(each["cause"], each["about"]) for each in shown["findings"]] == [("environment-moved", "environment")]
    assert [each["says"] for each in shown["edits"]] == ["the same versions, installed anew"]
    done = document(drivetrain("fix", "moved", "--apply", "--json"))
    assert (done["applied"], done["left"]) == (True, [])
    assert findings(drivetrain, "moved") == []


def test_a_name_or_version_that_cannot_be_asked_for_is_no_breakdown(drivetrain: Run, project: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    for name, version in (("foo", "1.0-custom-build"), ("two words", "1.0")):
        info = site(project, "theirs") / f"{name.replace(' ', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "RECORD").write_text(f"{name}.py,sha256=abc,10\n")
        for file in ("REQUESTED", "INSTALLER"):
            (info / file).write_text("uv\n")
    shown = document(drivetrain("fix", "theirs", "--json"), 1)
    assert {each["about"] for each in shown["findings"]} == {"foo", "two words"}
    assert {(each["safety"], each["planned"], each["edit"]) for each in shown["edits"]} == {("shown", False, None)}
    assert shown["asked"] == ["foo"]
