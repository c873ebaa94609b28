"""Environments made from first to last, of tiny wheels: what `up`, `add`, `remove`, `install`, `run`, `audit` and `verify` promise."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivetrain.report.schemas import schema
from drivetrain.workflows.change import request_of

Run = Callable[..., subprocess.CompletedProcess[str]]


def document(done: subprocess.CompletedProcess[str], name: str, code: int = 0) -> Any:
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema(name))
    return found


def installed(project: Path) -> set[str]:
    return {each.name.split("-")[0] for each in project.glob(".venv/lib/python3*/site-packages/*.dist-info")}


def by_hand(project: Path, variables: dict[str, str], *requirements: str) -> None:
    """Installs into the project's environment as its owner would."""
    command = ["uv", "pip", "install", "--python", str(project / ".venv" / "bin" / "python"), "--no-index", "--find-links", variables["PIP_FIND_LINKS"]]
    subprocess.run([Path(sys.executable).with_name("uv"), *command[1:], *requirements], check=True, capture_output=True)


def test_up_makes_an_environment_and_leaves_one_that_still_serves_alone(drivetrain: Run, project: Path) -> None:
    done = document(drivetrain("up", "alpha", "--json"), "up")
    assert (done["status"], done["installed"], done["prefix"], done["failed_at"]) == ("done", True, ".venv", None)
    assert installed(project) == {"alpha", "beta"}
    assert {"plan", "lock", "install", "audit", "verify"} <= set(done["seconds"])
    assert [each["version"] for each in done["plan"]["packages"]] == ["1.0"]
    assert (project / done["lock"]).read_text().count("sha256") == 2
    assert "<html" in (project / done["report"]).read_text()

    made = (project / ".venv" / "pyvenv.cfg").stat().st_ino
    again = document(drivetrain("up", "alpha>=1", "--json"), "up")
    assert (again["status"], again["installed"], again["previous"]) == ("done", False, None)
    assert (project / ".venv" / "pyvenv.cfg").stat().st_ino == made

    left = project / ".drivetrain" / "staging" / ".venv-0123456789ab"
    for folder in (left, left.with_name(left.name + ".work")):
        folder.mkdir()  # what a run that was killed leaves
    assert not document(drivetrain("up", "alpha", "--json"), "up")["installed"]
    assert list(left.parent.iterdir()) == []

    other = document(drivetrain("up", "beta<2", "--json"), "up")
    assert other["installed"]
    assert installed(project) == {"beta"}
    assert (project / other["previous"] / "pyvenv.cfg").exists()


def test_add_and_remove_keep_what_else_is_there(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    drivetrain("up", "alpha", "--quiet")
    by_hand(project, variables, "epsilon")

    document(drivetrain("add", "gamma", "--json"), "up")
    assert installed(project) == {"alpha", "beta", "gamma", "epsilon"}
    document(drivetrain("remove", "gamma", "--json"), "up")
    assert installed(project) == {"alpha", "beta", "epsilon"}

    refused = drivetrain("remove", "zeta")
    assert refused.returncode == 2
    assert "zeta was not asked for in .venv" in refused.stderr
    assert "alpha" in refused.stderr


def test_what_was_installed_by_hand_comes_back_as_it_was(drivetrain: Run, project: Path, variables: dict[str, str], make_wheel: Callable[..., None]) -> None:
    drivetrain("up", "alpha", "--quiet")
    mine = project / "mine"
    mine.mkdir()
    make_wheel(mine, "zeta", "3.0")
    by_hand(project, variables, "beta==1.0", str(mine / "zeta-3.0-py3-none-any.whl"))

    document(drivetrain("add", "epsilon", "--json"), "up")
    site = next(project.glob(".venv/lib/python3*/site-packages"))
    assert {each.name for each in site.glob("*.dist-info")} == {f"{each}.dist-info" for each in ("alpha-1.0", "beta-1.0", "epsilon-1.0", "zeta-3.0")}
    # Once asked for, it is asked for by its file still.
    document(drivetrain("remove", "epsilon", "--json"), "up")
    assert installed(project) == {"alpha", "beta", "zeta"}
    document(drivetrain("remove", "zeta", "--json"), "up")
    assert installed(project) == {"alpha", "beta"}


def test_an_editable_project_stays_editable(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    site = next(project.glob(".venv/lib/python3*/site-packages"))
    info = site / "mine-0.1.dist-info"
    info.mkdir()
    folder = project / "my project"
    files = {"METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 0.1\n", "REQUESTED": "", "INSTALLER": "pip", "RECORD": ""}
    for name, text in {**files, "direct_url.json": json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}})}.items():
        (info / name).write_text(text)
    wish = {each.name: each for each in request_of(project / ".venv").wishes}["mine"]
    assert (wish.url, wish.editable, wish.specifier) == (str(folder), True, "")


def test_up_leaves_additions_alone_and_says_what_a_new_one_lacks(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    drivetrain("up", "alpha", "--quiet")
    by_hand(project, variables, "epsilon")
    assert not document(drivetrain("up", "alpha", "--json"), "up")["installed"]
    assert installed(project) == {"alpha", "beta", "epsilon"}
    done = document(drivetrain("up", "gamma", "--json"), "up")
    assert "epsilon==1.0" in done["says"]
    assert "drivetrain add epsilon==1.0" in done["says"]
    assert list((project / done["previous"]).glob("lib/python3*/site-packages/epsilon-1.0.dist-info"))


def test_what_cannot_be_resolved_together_is_refused_with_the_way_out(drivetrain: Run, project: Path) -> None:
    done = document(drivetrain("up", "gamma", "beta>=2", "--json"), "up", 3)
    assert (done["status"], done["failed_at"]) == ("refused", "lock")
    assert "gamma" in done["plan"]["refusal"][0]["says"]
    assert {each["change"]["drop"][0] for each in done["plan"]["relaxations"]} == {"gamma", "beta>=2"}
    assert not (project / ".venv").exists()
    text = drivetrain("up", "gamma", "beta>=2").stdout
    assert "drivetrain up gamma\n" in text


def test_a_dry_run_changes_nothing(drivetrain: Run, project: Path) -> None:
    done = drivetrain("up", "alpha", "--dry-run")
    assert done.returncode == 0
    assert "drivetrain up alpha" in done.stdout
    assert list(project.iterdir()) == []


def test_a_prefix_that_is_not_ours_stays_as_it_is(drivetrain: Run, project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "mine.txt").write_text("mine")
    done = drivetrain("up", "alpha")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--prefix" in done.stderr
    assert [each.name for each in (project / ".venv").iterdir()] == ["mine.txt"]
    assert json.loads(drivetrain("up", "alpha", "--json").stdout)["schema"] == "drivetrain/error/1"


def test_an_audit_error_leaves_the_environment_as_it_was(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    done = drivetrain("up", "delta", "epsilon", "--json")
    found = document(done, "up", done.returncode)
    if found["status"] == "done":
        pytest.skip("no rule takes this clash of two files for an error")
    assert (done.returncode, found["status"], found["failed_at"]) == (1, "failed", "audit")
    assert installed(project) == {"alpha", "beta"}
    assert (project / ".drivetrain" / "report-failed.html").exists()


def test_a_broken_environment_of_ours_says_how_to_make_it_anew(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "beta>=1", "--accelerator", "cpu", "--quiet")
    next(project.glob(".venv/lib/python3*/site-packages/alpha.py")).unlink()
    kept = drivetrain("up", "alpha")
    assert kept.returncode == 1
    assert kept.stdout.rstrip().endswith("drivetrain up alpha --upgrade")
    line = 'drivetrain up alpha "beta>=1" --accelerator cpu --upgrade'
    audited = drivetrain("audit")
    assert audited.returncode == 1
    assert f"make it anew  {line}" in audited.stdout
    assert drivetrain("up", "alpha", "beta>=1", "--accelerator", "cpu", "--upgrade").returncode == 0
    assert drivetrain("audit").returncode == 0


def test_a_breakdown_is_one_line_and_changes_nothing(drivetrain: Run, project: Path) -> None:
    done = drivetrain("up", "alpha", "--quiet", PIP_FIND_LINKS=str(project / "nowhere"))
    assert done.returncode == 2
    assert not (project / ".venv").exists()
    assert done.stderr.count("\n") == 1
    assert "find-links" in done.stderr.partition("→")[2]
    whole = drivetrain("up", "alpha", "--json", "--debug", PIP_FIND_LINKS=str(project / "nowhere"))
    assert document(whole, "up", 2)["failed_at"] == "lock"
    assert "Traceback" in whole.stderr
    assert whole.stderr.rstrip().endswith("(os error 2)"), "what uv said comes last"


def test_a_name_that_no_index_has_is_said_so(drivetrain: Run) -> None:
    done = document(drivetrain("up", "alphabetical", "alpha", "--json"), "up", 3)
    (reason,) = done["plan"]["refusal"]
    assert (reason["cause"], reason["about"]) == ("requested-version-does-not-exist", "alphabetical")
    done = document(drivetrain("up", "alpha", "pytroch", "--json"), "up", 3)
    assert done["plan"]["refusal"][0]["says"] == "pytroch is on none of the package indexes: the nearest names are pytorch"
    done = document(drivetrain("up", "alpha>=7", "--json"), "up", 3)
    assert done["plan"]["refusal"][0]["says"] == "alpha>=7 does not exist on the package indexes: there is alpha==1.0"


def test_a_typed_password_stays_with_its_owner(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet", "--index", "https://me:secret@index.example/simple", "--offline")
    record = project / ".venv" / "drivetrain"
    assert record.is_dir()
    held = [each for each in record.iterdir() if "secret" in each.read_text()]
    assert [each.name for each in held] == ["request.json"]
    assert stat.S_IMODE(held[0].stat().st_mode) == 0o600


def test_an_empty_prefix_is_not_the_default_one(drivetrain: Run, project: Path) -> None:
    for words in (("up", "alpha"), ("add", "alpha"), ("audit",), ("run", "--", "python")):
        done = drivetrain(words[0], "--prefix", "", *words[1:])
        assert (done.returncode, done.stderr) == (2, "--prefix needs a value → name a folder, or leave --prefix out\n")
    assert not (project / ".venv").exists()


def test_install_takes_a_lock_or_a_plan(finished: tuple[Path, Run]) -> None:
    project, drivetrain = finished
    done = document(drivetrain("install", ".venv/drivetrain/pylock.toml", "--prefix", "second", "--json"), "install")
    assert (done["prefix"], done["distributions"]) == ("second", 2)
    drivetrain("plan", "beta<2", "-o", "plan.json")
    done = document(drivetrain("install", "plan.json", "--prefix", "third", "--json"), "install")
    assert list(project.glob("third/lib/python3*/site-packages/beta-1.0.dist-info"))
    added = drivetrain("add", "gamma", "--prefix", "second")
    assert added.stderr.startswith("second was installed from a lock: what was asked for is not known → ")
    for file in ("plan.json", ".venv/drivetrain/pylock.toml"):
        other = drivetrain("install", file, "--prefix", "fourth", "--python", "3.2")
        assert (other.returncode, other.stderr.count("contradict each other: it is for Python 3.")) == (2, 1)
    (project / "requirements.txt").write_text("alpha")
    assert drivetrain("install", "requirements.txt").stderr.endswith("drivetrain up -r requirements.txt\n")
    damaged = project / "pylock.damaged.toml"
    damaged.write_text((project / ".venv/drivetrain/pylock.toml").read_text().replace('sha256 = "', 'sha256 = "0'))
    broken = drivetrain("install", damaged.name, "--prefix", "fourth")
    assert broken.returncode == 2
    assert not (project / "fourth").exists()


def test_run_gives_the_variables_and_the_childs_own_exit_code(finished: tuple[Path, Run]) -> None:
    project, drivetrain = finished
    done = drivetrain("run", "--", "python", "-c", "import alpha, os, sys; print(alpha.VERSION, os.environ['VIRTUAL_ENV'] == sys.prefix)")
    assert (done.returncode, done.stdout) == (0, "1.0 True\n")
    failed = drivetrain("run", "python", "-c", "import sys; sys.exit(7)")
    assert failed.returncode == 7
    assert "drivetrain audit" in failed.stderr
    assert drivetrain("run", "--", "no-such-program").returncode == 2
    assert drivetrain("run", "--prefix", "nowhere", "--", "python").returncode == 2
    (project / "script.sh").write_text("echo hello\n")
    assert drivetrain("run", "--", "./script.sh").stderr == "./script.sh may not be executed → run it with its interpreter: python ./script.sh\n"
    assert drivetrain("audit", VIRTUAL_ENV="/no/where").stderr.startswith("$VIRTUAL_ENV names /no/where, which is no folder → ")


def test_audit_and_verify_of_an_environment_at_hand(finished: tuple[Path, Run]) -> None:
    project, drivetrain = finished
    assert document(drivetrain("audit", "--json"), "audit")["scanned"]["distributions"] == 2
    active = drivetrain("audit", "--json", VIRTUAL_ENV=str(project / ".venv"))
    assert document(active, "audit")["prefix"] == ".venv"
    assert document(drivetrain("verify", "--json"), "verify")["verdicts"] == []
    home = drivetrain().stdout
    assert "alpha 1.0" in home
    assert "drivetrain run -- python train.py" in home


def test_ctrl_c_leaves_the_prefix_as_it_was(variables: dict[str, str], project: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "drivetrain", "up", "alpha"], cwd=project, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    while "locking" not in (line := child.stderr.readline()):
        assert line
    time.sleep(0.05)
    os.kill(child.pid, signal.SIGINT)
    said = child.communicate(timeout=30)[1]
    assert child.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not (project / ".venv").exists()
    assert not list(project.glob(".drivetrain/staging/*"))


@pytest.mark.install
def test_a_real_framework_is_installed_proven_and_runs(tmp_path: Path) -> None:
    """With the configuration and the index of this machine; about 150 MB."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "LC_ALL": "C.UTF-8"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "drivetrain", *words], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False
        )

    done = document(run("up", "jax", "--accelerator", "cpu", "--json"), "up")
    assert done["status"] == "done"
    assert {each["state"] for each in done["verify"]["verdicts"]} <= {"passed", "skipped"}
    assert any(each["check"].startswith("matmul") and each["state"] == "passed" for each in done["verify"]["verdicts"])
    assert not [each for each in done["audit"]["outcomes"] if each["state"] == "found" and each["severity"] == "error"]
    ran = run("run", "--", "python", "-c", "import jax; print(float(jax.numpy.ones(3).sum()))")
    assert (ran.returncode, ran.stdout) == (0, "3.0\n")


BACKEND = """
import pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(pathlib.Path(folder) / "mine-0.1-py3-none-any.whl", "w") as archive:
        archive.writestr("mine.py", "HERE = True\\n")
        archive.writestr("mine-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: mine\\nVersion: 0.1\\n")
        archive.writestr("mine-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("mine-0.1.dist-info/RECORD", "mine.py,,\\nmine-0.1.dist-info/METADATA,,\\nmine-0.1.dist-info/WHEEL,,\\nmine-0.1.dist-info/RECORD,,\\n")
    return "mine-0.1-py3-none-any.whl"
"""


def test_a_folder_is_known_by_its_name_once_it_is_locked_and_stays_where_it_was_meant(drivetrain: Run, project: Path, tmp_path: Path) -> None:
    (project / "mine").mkdir()
    (project / "mine" / "backend.py").write_text(BACKEND)
    (project / "mine" / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "0.1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    done = document(drivetrain("up", "alpha", "./mine", "--json"), "up")
    assert [(each["name"], each["requested"]) for each in done["plan"]["packages"]][-1] == ("mine", True)
    assert not document(drivetrain("up", "alpha", "./mine", "--json"), "up")["installed"]
    (project / "mine").rename(project / "moved")
    moved = drivetrain("add", "gamma", "--json")
    assert (moved.returncode, json.loads(moved.stdout)["failed_at"]) == (2, "lock")
    (project / "moved").rename(project / "mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    added = drivetrain("add", "gamma", "--prefix", str(project / ".venv"), folder=elsewhere)
    assert added.returncode == 0, added.stderr
    assert installed(project) == {"alpha", "beta", "gamma", "mine"}
    document(drivetrain("remove", "mine", "--json"), "up")
    assert installed(project) == {"alpha", "beta", "gamma"}


def test_an_environment_for_each_family_is_one_where_nothing_differs(drivetrain: Run, project: Path) -> None:
    done = document(drivetrain("up", "alpha", "--family", "any", "--json"), "ups")
    assert [(each["status"], each["prefix"]) for each in done["environments"]] == [("done", ".venv")]
    assert installed(project) == {"alpha", "beta"}
    refused = drivetrain("up", "gamma", "beta>=2", "--family", "any", "--prefix", "other")
    assert refused.returncode == 3
    assert not (project / "other").exists()
