"""An environment that was copied or moved: told with what leads to the old place and what sets it right; silent wherever a place is no fault."""

from __future__ import annotations

from typing import Any

import pytest
from audit.facts import environment, found, machine, one, outcomes, states
from msgspec.structs import replace

from drivetrain.model.binary import Linkage
from drivetrain.model.environment import Environment, OwnedFile
from drivetrain.model.library import Library
from drivetrain.model.outcome import Outcome
from drivetrain.model.site_folder import EnvironmentPython, Origin, Program

PYTHON = EnvironmentPython(executable="bin/python", target="/usr/bin/python3.11", exists=True)
GONE = Origin(folder="/srv/old", named_by="bin/activate", state="gone")
WITH_PROGRAMS = replace(GONE, programs=(Program(path="bin/torchrun", interpreter="/srv/old/bin/python"),))
TORCH = one(
    "torch", "2.9.0+cu128", files=(OwnedFile(path="../../../bin/torchrun", sha256=None, size_bytes=9), OwnedFile(path="t.py", sha256=None, size_bytes=1))
)
NUMPY = one("numpy", "2.3.0", files=(OwnedFile(path="../../../bin/f2py", sha256=None, size_bytes=9),))


def moved(**facts: Any) -> Environment:
    return environment(TORCH, NUMPY, **{"interpreter": PYTHON, "origin": WITH_PROGRAMS, **facts})


def told(**facts: Any) -> Outcome:
    return found(machine(), moved(**facts))["environment-moved"]


def answers(**facts: Any) -> set[str]:
    return states("environment-moved", outcomes(machine(), moved(**facts)))


def test_what_leads_to_the_old_place_and_the_lines_that_set_it_right() -> None:
    outcome = told()
    assert outcome.severity == "warning"
    assert "/srv/old, which is gone: activating it activates nothing; programs that do not start this environment's Python: 1" in outcome.says
    assert [(each.path, each.text) for each in outcome.evidence] == [
        ("/env/bin/activate", "made for /srv/old"),
        ("/env/bin/torchrun", "#!/srv/old/bin/python"),
    ]
    again, programs = outcome.fix
    assert again.commands == ("/usr/bin/python3.11 -m venv --without-pip /env",)
    assert programs.edit is not None
    assert (programs.edit.require, programs.commands) == (("torch==2.9.0+cu128",), ("drivetrain fix /env",))


def test_a_copy_says_that_the_first_one_is_activated() -> None:
    assert "activating this one activates that one" in told(origin=replace(GONE, state="elsewhere")).says


def test_each_tool_writes_its_own_activation() -> None:
    mine = replace(PYTHON, made_by="uv")
    assert told(interpreter=mine, inherits=True).fix[0].commands == ("uv venv --allow-existing --system-site-packages --python /usr/bin/python3.11 /env",)
    for unknown in (None, replace(PYTHON, exists=None), replace(PYTHON, target="/env/bin/python")):
        assert not any("venv" in line for fix in told(interpreter=unknown).fix for line in fix.commands)


def test_drivetrains_own_is_made_anew() -> None:
    (fix,) = told(requirements_from="drivetrain/request.json").fix
    assert fix.commands == ("drivetrain fix /env --apply",)


@pytest.mark.parametrize(
    "facts",
    [
        {"origin": None, "kind": "conda"},
        {"origin": replace(GONE, state="here")},
        {"origin": replace(GONE, state="kept")},
        {"origin": Origin(named_by="bin/activate", state="unnamed")},
    ],
)
def test_a_place_that_is_no_fault_is_clear(facts: dict[str, Any]) -> None:
    assert answers(**facts) == {"clear"}


def test_its_pip_says_it_first_with_the_same_ways_out() -> None:
    pip = replace(PYTHON, pip="/srv/old/bin/python", pip_lies="nowhere")
    every = found(machine(), moved(interpreter=pip))
    assert "environment-moved" not in every
    outcome = every["pip-belongs-to-other-python"]
    assert [each.path for each in outcome.evidence] == ["/env/bin/pip", "/env/bin/activate", "/env/bin/torchrun"]
    assert outcome.fix == told().fix


@pytest.mark.parametrize(
    "facts",
    [
        {"origin": Origin(state="unnamed")},
        {"origin": replace(GONE, state="")},
        {"platform": "windows"},
        {"libraries": (Library(path="numpy/core.so", bytes=1, linkage=Linkage(format="elf", arch="x86_64")),)},
    ],
)
def test_where_it_cannot_be_told(facts: dict[str, Any]) -> None:
    assert answers(**facts) == {"unknown"}
