"""`fix --apply` keeps in an environment of ours the variables whose values stop what is installed in it; those of another are their owner's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixes import Run, document

UV = Path(sys.executable).with_name("uv")
WRONG = {"KERAS_BACKEND": "theano", "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:true"}
RIGHT = {"KERAS_BACKEND": None, "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"}


@pytest.fixture
def made(drivetrain: Run, project: Path, tmp_path: Path, make_wheel: Callable[..., None]) -> Path:
    """An environment of ours into which somebody put a Keras and a torch of one file each."""
    assert drivetrain("up", "alpha", "gamma", "--quiet").returncode == 0
    _frameworks(project / ".venv", tmp_path, make_wheel)
    return project / ".venv"


def _frameworks(prefix: Path, tmp_path: Path, make_wheel: Callable[..., None]) -> None:
    (tmp_path / "frameworks").mkdir(exist_ok=True)
    for name, version in (("keras", "3.15.1"), ("torch", "2.9.0")):
        make_wheel(tmp_path / "frameworks", name, version)
    words = ["pip", "install", "--python", str(prefix / "bin" / "python"), "--no-index", "--find-links", str(tmp_path / "frameworks"), "keras", "torch"]
    subprocess.run([UV, *words], check=True, capture_output=True)


def _nobody_asked_for_frameworks(prefix: Path) -> None:
    """They came along with something: a new environment is made without them."""
    for each in site(prefix).glob("*.dist-info/REQUESTED"):
        if each.parent.name.startswith(("keras", "torch")):
            each.unlink()


def site(prefix: Path) -> Path:
    return next(prefix.glob("lib/python3*/site-packages"))


def kept(prefix: Path) -> Any:
    return json.loads((prefix / "drivetrain" / "environment.json").read_text())["variables"]


def test_what_stops_a_framework_is_unset_or_set_from_now_on(drivetrain: Run, made: Path) -> None:
    shown = document(drivetrain("fix", "--json", **WRONG), 1)
    assert {each["cause"] for each in shown["findings"]} == {"keras-backend-not-installed", "variable-value-refused"}
    assert [(each["edit"]["variables"], each["safety"], each["planned"]) for each in shown["edits"]] == [({name: RIGHT[name]}, "safe", True) for name in RIGHT]
    assert (shown["changes"], shown["plan"], kept(made)) == ([], None, {})
    text = drivetrain("fix", **WRONG).stdout
    assert "the environment unsets KERAS_BACKEND" in text
    assert "fix --apply" in text
    assert "drivetrain fix" in drivetrain("audit", **WRONG).stdout

    done = document(drivetrain("fix", "--apply", "--json", **WRONG))
    assert (done["applied"], done["left"], kept(made)) == (True, [], RIGHT)
    # The same shell, whatever it has set: a second time there is nothing to do.
    assert document(drivetrain("fix", "--json", **WRONG))["findings"] == []
    assert not [each for each in document(drivetrain("audit", "--json", **WRONG), name="audit")["outcomes"] if each["state"] == "found"]


def test_run_and_the_shell_have_them_and_deactivation_gives_back(drivetrain: Run, made: Path) -> None:
    assert drivetrain("fix", "--apply", **WRONG).returncode == 0
    show = "printenv KERAS_BACKEND || echo unset; printenv PYTORCH_CUDA_ALLOC_CONF"
    assert drivetrain("run", "--", "sh", "-c", show, **WRONG).stdout.splitlines() == ["unset", "expandable_segments:True"]
    script = f". {made}/bin/activate; {show}; deactivate; {show}"
    for shell in ("sh", "bash"):
        lines = subprocess.run([shell, "-c", script], env={"PATH": "/usr/bin:/bin", **WRONG}, capture_output=True, text=True, check=True).stdout.splitlines()
        assert lines == ["unset", "expandable_segments:True", *WRONG.values()]


def test_what_comes_later_keeps_them(drivetrain: Run, made: Path) -> None:
    assert drivetrain("fix", "--apply", **WRONG).returncode == 0
    subprocess.run([UV, "pip", "uninstall", "--python", made / "bin" / "python", "keras", "torch"], check=True, capture_output=True)
    assert drivetrain("add", "delta", "--quiet").returncode == 0
    assert kept(made) == RIGHT
    assert drivetrain("up", "alpha", "--upgrade", "--quiet").returncode == 0
    assert kept(made) == RIGHT
    assert drivetrain("run", "--", "sh", "-c", "printenv KERAS_BACKEND || echo unset", **WRONG).stdout == "unset\n"


def test_other_findings_are_mended_with_them(drivetrain: Run, made: Path) -> None:
    _nobody_asked_for_frameworks(made)
    site(made).joinpath("beta.py").unlink()
    done = document(drivetrain("fix", "--apply", "--json", **WRONG))
    assert (done["applied"], done["left"], kept(made)) == (True, [], RIGHT)
    assert site(made).joinpath("beta.py").exists()
    text = drivetrain("run", "--", "sh", "-c", "printenv KERAS_BACKEND || echo unset", **WRONG).stdout
    assert text == "unset\n"


def test_a_failure_takes_them_back(drivetrain: Run, made: Path, tmp_path: Path) -> None:
    _nobody_asked_for_frameworks(made)
    site(made).joinpath("beta.py").unlink()
    activate = (made / "bin" / "activate").read_text()
    # A folder where the swap wants to keep the old environment, and cannot.
    generations = made.parent / ".drivetrain" / "generations"
    generations.write_text("")
    failed = drivetrain("fix", "--apply", "--json", **WRONG)
    assert failed.returncode == 2, failed.stdout
    assert (kept(made), (made / "bin" / "activate").read_text()) == ({}, activate)
    generations.unlink()
    assert document(drivetrain("fix", "--apply", "--json", **WRONG))["left"] == []
    assert kept(made) == RIGHT


def test_what_a_shell_puts_together_and_what_is_not_ours_stay_their_owners(
    drivetrain: Run, made: Path, project: Path, tmp_path: Path, make_wheel: Callable[..., None]
) -> None:
    hidden = document(drivetrain("fix", "--json", LD_LIBRARY_PATH="/usr/local/cuda-0.0/lib64"))
    assert not [each for each in hidden["edits"] if each["planned"]]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    _frameworks(project / "theirs", tmp_path, make_wheel)
    (edit,) = document(drivetrain("fix", "theirs", "--json", KERAS_BACKEND="theano"), 1)["edits"]
    assert (edit["safety"], edit["planned"], edit["commands"]) == ("shown", False, ["unset KERAS_BACKEND"])
