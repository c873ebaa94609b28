"""The wrappers find a Python that can carry drivetrain, or say in one line what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from house import ROOT
from small_checkout import Checkout

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the sh wrappers; the .cmd ones have not run yet")


def pythons(*minors: int) -> list[str]:
    """Gives Pythons of these versions at hand: on PATH or pyenv's."""
    found = []
    for minor in minors:
        places = [Path(each) for each in [shutil.which(f"python3.{minor}") or ""] if each and "shims" not in each]
        places += sorted((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python3"))
        found += [str(places[0])] if places else []
    return found


@pytest.fixture
def bare(checkout: Checkout, tmp_path: Path) -> Checkout:
    """A machine with the few programs that sh scripts need, and no Python."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "cat", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or "")
    checkout.variables.update(PATH=str(tools), HOME=str(tmp_path / "home"), PYENV_ROOT="", DRIVETRAIN_PYTHON="")
    return checkout


def without_pip(python: str, folder: Path, keep_pip: bool) -> Path:
    """Gives a real Python that lacks ensurepip, as Debian ships it: its own binary over its own standard library, linked file by file."""
    asked = "import os, sys, sysconfig as s; print(os.path.realpath(sys._base_executable), s.get_path('stdlib'), s.get_path('purelib'), sep='\\n')"
    binary, standard, site = (
        Path(each) for each in subprocess.run([python, "-I", "-c", asked], stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")[:3]
    )
    library = folder / "lib" / standard.name
    (library / "site-packages").mkdir(parents=True)
    (folder / "bin").mkdir()
    shutil.copy(binary, folder / "bin" / standard.name)
    for each in standard.iterdir():
        if each.name not in ("ensurepip", "site-packages", "dist-packages", "__pycache__"):
            (library / each.name).symlink_to(each)
    for each in standard.parent.glob("libpython*"):
        (folder / "lib" / each.name).symlink_to(each)
    if keep_pip:
        for each in site.glob("pip*"):
            (library / "site-packages" / each.name).symlink_to(each)
    return folder / "bin" / standard.name


def base_python() -> str:
    return str(getattr(sys, "_base_executable", sys.executable))


def test_no_python_is_one_line(bare: Checkout) -> None:
    ran = bare.run("./drivetrain")
    assert ran.code == 2
    assert ran.err == "drivetrain: no Python was found; install Python 3.10 or newer with venv, or name one with DRIVETRAIN_PYTHON=/path/to/python3\n"


def test_an_old_python_says_what_is_needed(bare: Checkout, tmp_path: Path) -> None:
    old = pythons(9, 8)
    if not old:
        pytest.skip("no Python 3.8 or 3.9 at hand")
    for number, each in enumerate(old):
        (tmp_path / "bin" / f"python3{'.11' * number}").symlink_to(each)
    ran = bare.run("./drivetrain")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "needs Python >= 3.10 with venv; found 3." in ran.err
    assert not bare.state.exists()


def test_an_old_python_hands_over_to_a_new_one(bare: Checkout, tmp_path: Path) -> None:
    old = pythons(8, 9)
    if not old:
        pytest.skip("no Python 3.8 or 3.9 at hand")
    (tmp_path / "bin" / "python3").symlink_to(old[0])
    (tmp_path / "bin" / "python3.11").symlink_to(base_python())
    assert tuple(bare.run("./drivetrain").told["version"]) == sys.version_info[:3]


def test_pyenvs_versions_are_found_without_its_shims(bare: Checkout, tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".pyenv" / "versions" / "{}.{}.{}".format(*sys.version_info[:3]) / "bin"
    folder.mkdir(parents=True)
    (folder / "python3").symlink_to(base_python())
    assert tuple(bare.run("./drivetrain").told["version"]) == sys.version_info[:3]


def test_a_python_without_pip_is_one_line(bare: Checkout, tmp_path: Path) -> None:
    bare.variables["DRIVETRAIN_PYTHON"] = str(without_pip(base_python(), tmp_path / "python", keep_pip=False))
    ran = bare.run("./drivetrain")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert f"{tmp_path}/python/bin/python3" in ran.err
    assert "has no " in ran.err
    assert not bare.state.exists()


def test_a_python_with_pip_but_without_ensurepip_will_do(bare: Checkout, tmp_path: Path) -> None:
    python = without_pip(base_python(), tmp_path / "python", keep_pip=True)
    version = subprocess.run([python, "-I", "-m", "pip", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    if not version:
        pytest.skip("the Python that runs these tests has no pip of its own")
    bare.variables["DRIVETRAIN_PYTHON"] = str(python)
    assert bare.run("./drivetrain").told["argv"] == []


@pytest.mark.parametrize("asked", ["/nowhere/python3", "true"])
def test_a_python_asked_for_that_does_not_run_is_said(checkout: Checkout, asked: str) -> None:
    checkout.variables["DRIVETRAIN_PYTHON"] = asked
    ran = checkout.run("./drivetrain")
    assert ran.code == 2
    assert ran.err == f"drivetrain: DRIVETRAIN_PYTHON={asked} does not run; name a Python >= 3.10\n"


def test_the_missing_package_is_named_for_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "bootstrap"))
    import interpreters

    found = interpreters.Interpreter(path="/usr/bin/python3.99", version="3.99.1", venv=True, pip_wheel="", pip=False)
    expected = {
        "ID=debian": "sudo apt install python3.99-venv",
        'ID=linuxmint\nID_LIKE="ubuntu debian"': "sudo apt install python3.99-venv",
        'ID="rocky"\nID_LIKE="rhel centos fedora"': "sudo dnf install python3.99-pip",
        "ID=manjaro\nID_LIKE=arch": "sudo pacman -S python-pip",
        "ID=alpine": "apk add py3-pip",
        'ID="opensuse-leap"\nID_LIKE="suse opensuse"': "sudo zypper install python399-pip",
        "ID=unheard-of": "",
    }
    assert {release: interpreters.package_command(found, release) for release in expected} == expected
    assert interpreters.package_command(found._replace(path="/home/me/bin/python3.99"), "ID=debian") == ""


@pytest.mark.install
@pytest.mark.parametrize("minor", [10, 11, 12, 13])
def test_the_real_wrappers_run_on_every_python_at_hand(minor: int, tmp_path: Path) -> None:
    at_hand = pythons(minor)
    if not at_hand:
        pytest.skip(f"no Python 3.{minor} at hand")
    variables = {**os.environ, "DRIVETRAIN_PYTHON": at_hand[0], "DRIVETRAIN_STATE_DIR": str(tmp_path / "state")}
    ran = subprocess.run([ROOT / "drivetrain", "--version"], env=variables, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("drivetrain ")
    quick = subprocess.run([ROOT / "test", "tests/test_architecture.py", "-k", "floor"], env=variables, capture_output=True, text=True, check=False)
    assert "passed" in quick.stdout.strip().splitlines()[-1], quick.stdout + quick.stderr
