"""`fix` makes the findings' own fixes count: what is put back, what goes, what needs --unsafe-fixes, what is its owner's to do, what nothing clears."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fixes import Run, by_hand, document, site


@pytest.fixture
def made(drivetrain: Run, project: Path) -> Path:
    assert drivetrain("up", "alpha", "gamma", "--quiet").returncode == 0
    return site(project)


def test_a_damaged_distribution_comes_back_in_its_version_and_nothing_is_left(drivetrain: Run, made: Path) -> None:
    (made / "beta.py").unlink()
    shown = document(drivetrain("fix", "--json"), 1)
    assert shown["changes"] == []
    (edit,) = shown["edits"]
    assert (edit["says"], edit["edit"]["require"], edit["causes"]) == ("beta==1.0 is installed again", ["beta==1.0"], ["environment-incomplete"])
    done = document(drivetrain("fix", "--apply", "--json"))
    assert (done["applied"], done["left"]) == (True, [])
    # What was mended needs no mending, and what was asked for is asked for still.
    assert document(drivetrain("fix", "--json"))["findings"] == []
    assert [each["name"] for each in json.loads((made.parents[2] / "drivetrain" / "request.json").read_text())["wishes"]] == ["alpha", "gamma"]


def test_what_a_broken_uninstall_left_is_not_in_the_new_environment(drivetrain: Run, made: Path) -> None:
    (made / "~umpy").mkdir()
    shown = document(drivetrain("fix", "--json"), 1)
    assert [each["safety"] for each in shown["edits"]] == ["safe"]
    assert document(drivetrain("fix", "--apply", "--json"))["left"] == []
    assert not (made / "~umpy").exists()


def test_files_that_somebody_edited_are_put_back_only_when_told_to(drivetrain: Run, made: Path) -> None:
    (made / "beta.py").write_text("VERSION = 'mine, and it works'\n")
    shown = document(drivetrain("fix", "--json"))
    assert [(each["safety"], each["planned"]) for each in shown["edits"]] == [("unsafe", False)]
    assert shown["plan"] is None
    assert "only with --unsafe-fixes" in drivetrain("fix").stdout
    assert not document(drivetrain("fix", "--apply", "--json"))["applied"]
    assert "mine" in (made / "beta.py").read_text()
    assert document(drivetrain("fix", "--apply", "--unsafe-fixes", "--json"))["applied"]
    assert (made / "beta.py").read_text() == "VERSION = '1.0'\n"


def test_what_was_asked_for_is_never_dropped_without_being_told_to(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    """delta and epsilon own one file: one of the two has to go."""
    assert drivetrain("up", "delta", "--quiet").returncode == 0
    by_hand(project, variables, "epsilon")
    code = drivetrain("audit").returncode
    shown = document(drivetrain("fix", "--json"), code)
    assert {each["safety"] for each in shown["edits"]} == {"unsafe"}
    assert not document(drivetrain("fix", "--apply", "--json"), code)["applied"]
    assert {each.name for each in site(project).glob("*.dist-info")} == {"delta-1.0.dist-info", "epsilon-1.0.dist-info"}
    done = document(drivetrain("fix", "--apply", "--unsafe-fixes", "--json"))
    assert (done["applied"], done["count_change"], done["asked"]) == (True, -1, ["epsilon"])
    assert [each["edit"]["drop"] for each in done["edits"] if each["edit"] and "drop" in each["edit"]] == [["delta"]]
    assert {each.name for each in site(project).glob("*.dist-info")} == {"epsilon-1.0.dist-info"}
    assert document(drivetrain("fix", "--json"))["findings"] == []


def test_what_is_not_mended_does_not_keep_the_rest_from_being_mended(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    """delta and epsilon own one file, which only --unsafe-fixes may mend; beta is in the wrong version."""
    assert drivetrain("up", "delta", "gamma", "--quiet").returncode == 0
    by_hand(project, variables, "epsilon")
    by_hand(project, variables, "beta==2.0", "--no-deps")
    done = document(drivetrain("fix", "--apply", "--json"), 1)
    assert done["applied"]
    assert [each["cause"] for each in done["left"]] == ["files-of-two-wheels"]
    assert (site(project) / "beta-1.0.dist-info").exists()
    assert document(drivetrain("fix", "--apply", "--unsafe-fixes", "--json"))["left"] == []


def test_variables_are_typed_for_the_shell_in_use_and_left_to_their_owner(drivetrain: Run, project: Path, made: Path) -> None:
    left_on = {"CUDA_LAUNCH_BLOCKING": "1"}
    # A note has nothing to mend, until the house says that it is worse.
    assert document(drivetrain("fix", "--json", **left_on))["findings"] == []
    (project / "drivetrain.toml").write_text('[audit.severity]\ndebugging-variable-left-on = "error"\n')
    shown = document(drivetrain("fix", "--json", **left_on), 1)
    (edit,) = shown["edits"]
    assert (edit["safety"], edit["planned"], edit["commands"]) == ("shown", False, ["unset CUDA_LAUNCH_BLOCKING"])
    assert shown["plan"] is None
    text = drivetrain("fix", SHELL="/usr/bin/fish", **left_on).stdout
    assert "by your own hand" in text
    assert "set -e CUDA_LAUNCH_BLOCKING" in text


def test_only_what_counts_is_mended(drivetrain: Run, project: Path, made: Path, variables: dict[str, str]) -> None:
    by_hand(project, variables, "beta==2.0", "--no-deps")
    (made / "~umpy").mkdir()
    assert {each["cause"] for each in document(drivetrain("fix", "--json"), 1)["findings"]} == {"dependency-pin-conflict", "environment-incomplete"}
    only = document(drivetrain("fix", "--json", "--select", "environment-*"), 1)
    assert {each["cause"] for each in only["findings"]} == {"environment-incomplete"}
    assert "fix --select 'environment-*' --apply" in drivetrain("fix", "--select", "environment-*").stdout.replace('"', "'")
    assert drivetrain("fix", "--ignore", "environment-*,dependency-pin-conflict").stdout.startswith(".venv  nothing to fix")
    (project / "drivetrain.toml").write_text('[audit]\nignore = ["environment-incomplete"]\n')
    assert {each["cause"] for each in document(drivetrain("fix", "--json"), 1)["findings"]} == {"dependency-pin-conflict"}
    assert drivetrain("fix", "--ignore", "pin").returncode == 2


def test_the_commands_for_an_environment_that_is_not_ours_mend_it(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    by_hand(project, variables, "gamma", name="theirs")
    by_hand(project, variables, "beta==2.0", "--no-deps", name="theirs")
    shown = document(drivetrain("fix", "theirs", "--json"), 1)
    (line,) = shown["commands"]
    assert line == "uv pip install --python theirs/bin/python beta==1.0"
    assert line in drivetrain("fix", "theirs").stdout
    # Where another machine is meant, the line that audit gives asks for that one.
    elsewhere = ("--gpu", "RTX 4090", "--driver", "560")
    assert 'drivetrain fix theirs --gpu "RTX 4090" --driver 560' in drivetrain("audit", "theirs", *elsewhere).stdout
    assert "plan it" in drivetrain("fix", "theirs", *elsewhere).stdout
    uv = Path(sys.executable).with_name("uv")
    offline = {**variables, "UV_NO_INDEX": "1", "UV_FIND_LINKS": variables["PIP_FIND_LINKS"]}
    subprocess.run([uv, *line.split()[1:]], check=True, capture_output=True, cwd=project, env=offline)
    assert document(drivetrain("fix", "theirs", "--json"))["findings"] == []


def test_chinese(drivetrain: Run, made: Path) -> None:
    (made / "beta.py").unlink()
    text = drivetrain("fix", "--lang", "zh").stdout
    assert "重新安装 beta==1.0" in text
    assert "drivetrain fix --apply" in text
