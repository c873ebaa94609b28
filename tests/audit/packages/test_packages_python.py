"""What the Python of an environment sees: its interpreter, pip, the user's folder, path files, editable installs, eggs, the system's own packages."""

from __future__ import annotations

from typing import Any

import pytest
from audit.facts import environment, found, machine, one, outcomes, states

from drivetrain.model.binary import Linkage
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.model.machine import OperatingSystem
from drivetrain.model.outcome import Outcome
from drivetrain.model.site_folder import Egg, EnvironmentPython, PathFile, SitePackage, UserSite

HERE = machine()
COPIED = {"libraries": (Library(path="numpy/core.so", bytes=1, linkage=Linkage(format="elf", arch="x86_64")),)}
"""An environment whose libraries were read, and whose system was not: it is another machine's."""


def told(cause: str, **facts: Any) -> Outcome | None:
    return found(HERE, environment(**facts)).get(cause)


def answers(cause: str, **facts: Any) -> set[str]:
    return states(cause, outcomes(HERE, environment(**facts)))


def python(**facts: Any) -> EnvironmentPython:
    return EnvironmentPython(**{"executable": "bin/python", "target": "/usr/bin/python3.11", "exists": True, **facts})


# interpreter-gone


def test_an_interpreter_that_is_gone_is_told_with_where_the_link_leads() -> None:
    outcome = told("interpreter-gone", interpreter=python(target="/opt/py/bin/python3.11", exists=False))
    assert outcome is not None
    assert outcome.severity == "error"
    assert outcome.evidence[0].path == "/env/bin/python"
    assert "/opt/py/bin/python3.11, which is gone" in outcome.says


def test_a_link_that_leads_to_a_newer_python_is_told() -> None:
    outcome = told("interpreter-gone", interpreter=python(target="/usr/bin/python3.12"))
    assert outcome is not None
    assert "the packages here are of Python 3.11, and bin/python starts Python 3.12" in outcome.says


@pytest.mark.parametrize("interpreter", [None, python(), python(target="/opt/python3.11t")])
def test_an_interpreter_that_is_there_is_clear(interpreter: EnvironmentPython | None) -> None:
    assert answers("interpreter-gone", interpreter=interpreter) == {"clear"}


@pytest.mark.parametrize(
    "facts",
    [
        {"interpreter": python(executable="", target="", exists=None)},
        {"interpreter": python(target="C:/Python311/python.exe")},
        {"interpreter": python(exists=False), **COPIED},
    ],
)
def test_where_the_interpreter_cannot_be_told(facts: dict[str, Any]) -> None:
    assert answers("interpreter-gone", **facts) == {"unknown"}


# pip-belongs-to-other-python


@pytest.mark.parametrize(
    ("lies", "said"),
    [("elsewhere", "what it installs does not land in this environment"), ("nowhere", "the environment was moved or copied")],
)
def test_a_pip_that_starts_another_python_is_told(lies: str, said: str) -> None:
    outcome = told("pip-belongs-to-other-python", interpreter=python(pip="/srv/old/bin/python", pip_lies=lies))
    assert outcome is not None
    assert said in outcome.says
    assert outcome.evidence[0].text == "#!/srv/old/bin/python"
    assert outcome.fix[0].commands == ("/env/bin/python -m pip --version",)


@pytest.mark.parametrize("facts", [{}, {"interpreter": python()}, {"interpreter": python(pip="/env/bin/python", pip_lies="here")}])
def test_a_pip_of_this_python_or_none_is_clear(facts: dict[str, Any]) -> None:
    assert answers("pip-belongs-to-other-python", **facts) == {"clear"}


def test_a_pip_that_was_not_looked_for_cannot_be_told() -> None:
    assert answers("pip-belongs-to-other-python", interpreter=python(pip="/usr/bin/env python3")) == {"unknown"}
    assert answers("pip-belongs-to-other-python", interpreter=python(pip="/srv/a/bin/python", pip_lies="nowhere"), **COPIED) == {"unknown"}


# user-site-shadows-env


def user(*installed: SitePackage, visible: bool | None = True) -> UserSite:
    return UserSite(path="/home/a/.local/lib/python3.11/site-packages", visible=visible, installed=installed)


THEIRS = SitePackage(name="torch", version="2.1.0", path="/home/a/.local/lib/python3.11/site-packages/torch-2.1.0.dist-info")


def shadowed(kind: str = "conda", **facts: Any) -> Environment:
    return environment(one("torch", "2.8.0"), one("idna", "3.7"), kind=kind, **{"user_site": user(THEIRS), **facts})


def test_another_torch_in_the_users_folder_comes_first() -> None:
    outcome = found(HERE, shadowed())["user-site-shadows-env"]
    assert (outcome.severity, outcome.about, outcome.evidence[0].path) == ("error", "torch", THEIRS.path)
    assert outcome.fix[0].edit is not None
    assert dict(outcome.fix[0].edit.variables) == {"PYTHONNOUSERSITE": "1"}


def test_what_matters_less_is_milder() -> None:
    idna = SitePackage(name="idna", version="3.10", path="/home/a/idna-3.10.dist-info")
    assert found(HERE, shadowed(user_site=user(idna)))["user-site-shadows-env"].severity == "warning"
    assert found(HERE, shadowed("system"))["user-site-shadows-env"].severity == "note"


@pytest.mark.parametrize(
    "silent",
    [
        shadowed("venv"),
        shadowed(user_site=None),
        shadowed(user_site=user(THEIRS, visible=False)),
        shadowed(user_site=user(SitePackage(name="torch", version="2.8.0", path="/t"))),
    ],
)
def test_what_does_not_come_first_is_clear(silent: Environment) -> None:
    assert states("user-site-shadows-env", outcomes(HERE, silent)) == {"clear"}


def test_a_folder_of_another_machine_cannot_be_told() -> None:
    assert states("user-site-shadows-env", outcomes(HERE, shadowed(user_site=user(THEIRS, visible=None)))) == {"unknown"}
    assert states("user-site-shadows-env", outcomes(HERE, shadowed(root="/image"))) == {"unknown"}


# path-file-adds-packages


def test_packages_of_another_python_by_a_path_file() -> None:
    outcome = told("path-file-adds-packages", path_files=(PathFile(path="old.pth", folders=("/opt/a/lib/python3.9/site-packages",)),))
    assert outcome is not None
    assert (outcome.severity, outcome.about) == ("warning", "old.pth")
    assert "packages of Python 3.9" in outcome.says
    same = told("path-file-adds-packages", path_files=(PathFile(path="old.pth", folders=("/opt/a/lib/python3.11/site-packages",)),))
    assert same is not None
    assert same.severity == "note"


def test_a_source_folder_by_a_path_file_is_clear() -> None:
    files = (PathFile(path="mine.pth", folders=("/home/a/project/src", "../inside/site-packages")),)
    assert answers("path-file-adds-packages", path_files=files) == {"clear"}


def test_packages_whose_python_no_path_names_cannot_be_told() -> None:
    assert answers("path-file-adds-packages", path_files=(PathFile(path="a.pth", folders=("/opt/site-packages",)),)) == {"unknown"}
    assert answers("path-file-adds-packages", python=None, path_files=(PathFile(path="a.pth", folders=("/o/python3.9/site-packages",)),)) == {"unknown"}


# editable-source-gone

EDITED = one("mine", "1.0", editable=True, url="file:///home/a/mine")


def test_an_editable_install_without_its_source_is_told() -> None:
    files = (PathFile(path="__editable__.mine.pth", missing=("/home/a/mine",), owner="mine"),)
    outcome = found(HERE, environment(EDITED, path_files=files))["editable-source-gone"]
    assert (outcome.severity, outcome.about) == ("error", "mine")
    assert "/home/a/mine, which is gone" in outcome.says


def test_a_folder_that_nothing_needs_is_a_note() -> None:
    outcome = told("editable-source-gone", path_files=(PathFile(path="a.pth", missing=("/srv/gone",)),))
    assert outcome is not None
    assert outcome.severity == "note"


def test_a_source_that_is_there_is_clear() -> None:
    files = (PathFile(path="__editable__.mine.pth", folders=("/home/a/mine",), owner="mine"),)
    assert states("editable-source-gone", outcomes(HERE, environment(EDITED, path_files=files))) == {"clear"}


def test_a_source_that_only_code_names_or_that_is_another_machines_cannot_be_told() -> None:
    assert "unknown" in states("editable-source-gone", outcomes(HERE, environment(EDITED)))
    files = (PathFile(path="__editable__.mine.pth", missing=("/home/a/mine",), owner="mine"),)
    assert states("editable-source-gone", outcomes(HERE, environment(EDITED, path_files=files, **COPIED))) == {"unknown"}


# startup-code-runs

LINE = PathFile(path="zz.pth", code=("import sys; sys.path.insert(0, '/srv')",))


def test_code_that_no_package_brought_is_a_note_with_its_line() -> None:
    outcome = told("startup-code-runs", customised=("sitecustomize.py",), path_files=(LINE,))
    assert outcome is not None
    assert outcome.severity == "note"
    assert [each.path for each in outcome.evidence] == ["sitecustomize.py", "zz.pth"]


def test_code_that_packages_and_tools_brought_is_clear() -> None:
    files = (PathFile(path="_virtualenv.pth", code=("import _virtualenv",)), PathFile(path="b.pth", code=("import b",), owner="b"))
    assert answers("startup-code-runs", path_files=files) == {"clear"}
    assert answers("startup-code-runs", kind="system", customised=("sitecustomize.py",)) == {"clear"}


def test_code_beside_packages_that_list_no_files_cannot_be_told() -> None:
    assert states("startup-code-runs", outcomes(HERE, environment(one("numpy", "2.0"), path_files=(LINE,)))) == {"unknown"}


# egg-beside-wheel

FRONT = PathFile(path="easy-install.pth", folders=("numpy-1.19.5-py3.8.egg",), code=("import sys; sys.__plen = len(sys.path)",))
EGG = Egg(name="numpy", version="1.19.5", path="numpy-1.19.5-py3.8.egg", kind="folder", active=True)


def test_an_egg_that_is_put_before_a_wheel() -> None:
    outcome = found(HERE, environment(one("numpy", "2.2.0"), eggs=(EGG,), path_files=(FRONT,)))["egg-beside-wheel"]
    assert outcome.severity == "error"
    assert outcome.says == "the egg numpy 1.19.5 comes before numpy 2.2.0, which was installed as well"


def test_an_egg_behind_a_wheel_and_one_left_over_are_milder() -> None:
    behind = PathFile(path="easy-install.pth", folders=("numpy-1.19.5-py3.8.egg",))
    assert found(HERE, environment(one("numpy", "2.2.0"), eggs=(EGG,), path_files=(behind,)))["egg-beside-wheel"].severity == "warning"
    left = Egg(name="numpy", version="1.19.5", path="numpy-1.19.5-py3.8.egg", kind="folder", active=False)
    outcome = told("egg-beside-wheel", eggs=(left,))
    assert outcome is not None
    assert outcome.severity == "note"


def test_an_egg_alone_is_clear_and_a_link_to_nothing_cannot_be_told() -> None:
    assert answers("egg-beside-wheel") == {"clear"}
    assert answers("egg-beside-wheel", eggs=(EGG,)) == {"clear"}
    assert answers("egg-beside-wheel", eggs=(Egg(name="a", version="", path="a.egg-link", kind="link", active=False),)) == {"unknown"}


# pip-over-system-packages


def test_a_package_of_both_pip_and_the_system() -> None:
    twice = (one("numpy", "1.24.2", installer="apt"), one("numpy", "2.2.0", installer="pip"))
    outcome = found(HERE, environment(*twice, kind="system", prefix="/usr"))["pip-over-system-packages"]
    assert outcome.severity == "warning"
    assert "1.24.2 (apt), 2.2.0 (pip)" in outcome.says


def test_a_framework_in_the_systems_python_is_a_note_outside_a_container() -> None:
    usr = environment(one("torch", "2.8.0", installer="pip"), one("apt", "2", installer="debian"), kind="system", prefix="/usr")
    assert found(HERE, usr)["pip-over-system-packages"].severity == "note"
    inside = machine(os="linux")
    inside = type(inside)(os=OperatingSystem(family="linux", container="docker"), driver=inside.driver)
    assert states("pip-over-system-packages", outcomes(inside, usr)) == {"clear"}


def test_an_environment_of_its_own_is_clear_and_packages_without_a_mark_cannot_be_told() -> None:
    assert states("pip-over-system-packages", outcomes(HERE, environment(one("torch", "2.8.0", installer="pip")))) == {"clear"}
    assert states("pip-over-system-packages", outcomes(HERE, environment(one("numpy", "1.24"), kind="system", prefix="/usr"))) == {"unknown"}
