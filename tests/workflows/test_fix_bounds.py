"""What `fix` must not do: search without end, and tell the owner of an environment to install what is planned for another Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fixes import Run

from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.install import EngineSettings
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.workflows import keeping
from drivetrain.workflows.resolving import Bench

from house import ROOT


@pytest.mark.parametrize(("seconds", "short"), [(60.0, False), (-1.0, True)])
def test_when_time_runs_out_the_plan_is_the_free_one_and_says_so(seconds: float, short: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_SECONDS", seconds)
    installed = (Installed(name="torch", version="2.9.0", path="torch-2.9.0.dist-info", requested=True),)
    machine = machine_of((ROOT / "tests" / "machines" / "rtx-4090-driver-560.json").read_text(), "machine.json")
    bench = Bench(machine=machine, facts=catalogue(), settings=EngineSettings(), interpreter=lambda plan: plan.python)
    request = Request(wishes=(wish_of("torch"),))
    found = keeping.nearest(request, Environment(prefix="/env", python="3.12.3", installed=installed), frozenset(), bench, locked=False)
    assert isinstance(found.plan, Plan)
    assert (found.cut_short, bool(found.kept)) == (short, not short)
    torch = found.plan.package("torch")
    assert torch is not None
    assert (torch.version == "2.9.0") is not short


def test_what_is_planned_for_another_python_is_not_typed_into_this_one(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    words = ["pip", "install", "--python", project / "theirs" / "bin" / "python", "--no-index", "--find-links", variables["PIP_FIND_LINKS"]]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, *words, "gamma"], check=True, capture_output=True)
    subprocess.run([uv, *words, "--no-deps", "beta==2.0"], check=True, capture_output=True)
    assert drivetrain("probe", "--save", "machine.json").returncode == 0
    told = json.loads(drivetrain("fix", "theirs", "--machine", "machine.json", "--json").stdout)
    assert told["commands"]
    other = json.loads((project / "machine.json").read_text())
    here, minor = sys.version_info.minor, 12 if sys.version_info.minor != 12 else 13
    other["pythons"] = [{**other["pythons"][0], "path": f"/usr/bin/python3.{minor}", "version": f"3.{minor}.1"}]
    (project / "other.json").write_text(json.dumps(other))
    told = json.loads(drivetrain("fix", "theirs", "--machine", "other.json", "--json").stdout)
    assert told["commands"] == []
    assert f"for Python 3.{minor}, this environment has 3.{here}." in told["says"]
