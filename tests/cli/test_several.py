"""Several machines, several targets of a project, an environment for each CUDA family: one document, and what of it goes where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]

TARGETS = """
[[targets]]
name = "train"
os = "linux"
gpus = ["RTX 4090"]
driver = "560"
glibc = "2.35"

[[targets]]
os = "macos"

[[targets]]
os = "windows"
python = "3.12"
"""


def plans(said: Any, code: int = 0) -> Any:
    assert said.code == code, said.err + said.out
    found = json.loads(said.out)
    jsonschema.validate(found, schema("plans"))
    return found


def versions(row: Any) -> dict[str, str]:
    return {each["name"]: each["version"] for each in row["plan"]["packages"] if each["requested"]}


@pytest.fixture
def machine(machines: Path, tmp_path: Path) -> Callable[..., str]:
    """Writes a machine file with some of its facts changed, and gives its path."""

    def made(name: str, copy: str, **changes: Any) -> str:
        content = json.loads((machines / f"{name}.json").read_text())
        for key, value in changes.items():
            place, _, leaf = key.rpartition("__")
            (content[place] if place else content)[leaf] = value
        (tmp_path / f"{copy}.json").write_text(json.dumps(content))
        return str(tmp_path / f"{copy}.json")

    return made


def words(*files: str) -> tuple[str, ...]:
    return (*(word for each in files for word in ("--machine", each)), "--sources", "index", "--offline")


def test_one_stack_for_machines_that_one_stack_serves(cli: Cli, machines: Path) -> None:
    files = [str(machines / f"{name}.json") for name in ("v100-driver-580", "rtx-5090-driver-575", "rtx-4090-driver-560")]
    (row,) = plans(cli("plan", "torch", "jax", *words(*files), "--json"))["plans"]
    assert row["machines"] == files
    assert row["for"] == ["torch", "jax"]
    # The newest driver alone would take a newer CUDA; the oldest of them decides.
    assert tuple(map(int, row["plan"]["cuda"]["version"].split("."))) <= (12, 9)
    said = cli("plan", "torch", "jax", *words(*files)).out
    assert said.startswith("one stack serves all 3 machines")
    assert all(each in said for each in files)


def test_what_one_stack_cannot_serve_gets_the_fewest(cli: Cli, machine: Callable[..., str]) -> None:
    files = [machine("rtx-4090-driver-560", "a"), machine("rtx-4090-driver-560", "b")]
    python = machine("rtx-4090-driver-560", "python", pythons=[{"path": "/usr/bin/python3.10", "version": "3.10.2"}])
    found = plans(cli("plan", "torch", *words(files[0], python, files[1]), "--json"))
    assert [each["machines"] for each in found["plans"]] == [[files[0], files[1]], [python]]
    assert found["fewest"] is True
    assert found["apart"][0]["cause"] == "python-not-installed"
    said = cli("plan", "torch", *words(files[0], python)).out
    assert said.startswith("2 stacks for 2 machines: fewer cannot serve them all")
    assert "no Python in common" in said


def test_the_lowest_glibc_decides(cli: Cli, machine: Callable[..., str]) -> None:
    new, old = machine("rtx-4090-driver-560", "new"), machine("rtx-4090-driver-560", "old", os__glibc="2.26")
    alone, together = (plans(cli("plan", "torch", *words(*files), "--json")) for files in ((new, new), (new, old)))
    (row,) = together["plans"]
    assert versions(row)["torch"] != versions(alone["plans"][0])["torch"]
    assert row["platform"]["os"] == "linux"


def test_a_machine_that_nothing_serves_stands_alone_and_ends_with_3(cli: Cli, machines: Path) -> None:
    files = [str(machines / f"{name}.json") for name in ("rtx-4090-driver-560", "windows-10-gtx-1050-ti-driver-551")]
    found = plans(cli("plan", "jax", *words(*files), "--json"), 3)
    assert [each["plan"]["status"] for each in found["plans"]] == ["planned", "refused"]
    assert found["plans"][1]["plan"]["relaxations"]


def test_platforms_have_plans_of_their_own_with_the_same_releases(cli: Cli, machines: Path) -> None:
    files = [str(machines / f"{name}.json") for name in ("v100-driver-580", "mac-m2")]
    found = plans(cli("plan", "torch", "tensorflow", *words(*files), "--json"))
    linux, mac = found["plans"]
    assert versions(linux) == versions(mac)
    assert found["agreed"]["torch"] == versions(mac)["torch"]
    (alone,) = plans(cli("plan", "torch", "tensorflow", *words(files[1], files[1]), "--json"))["plans"]
    if versions(alone) != versions(mac):
        assert "targets-planned-together" in {each["cause"] for each in found["apart"]}
        assert sum(mac["plan"]["age_days"].values()) > 0


def test_a_project_lists_its_targets(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "drivetrain.toml").write_text(TARGETS)
    found = plans(cli("plan", "torch", "jax", "--targets", str(tmp_path / "drivetrain.toml"), "--offline", "--json"))
    assert [each["machines"] for each in found["plans"]] == [["train"], ["macos"], ["windows"]]
    assert len({tuple(versions(each).items()) for each in found["plans"]}) == 1
    assert found["plans"][2]["plan"]["python"] == "3.12"
    assert found["plans"][0]["plan"]["accelerator"] == "cuda"
    assert found["fewest"] is None


def test_the_targets_of_pyproject_count_unless_flags_name_a_machine(cli: Cli, tmp_path: Path, machines: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "p"\nversion = "0"\ndependencies = ["jax"]\n' + TARGETS.replace("[[targets]]", "[[tool.drivetrain.targets]]"))
    assert len(plans(cli("plan", "-r", str(project), "--offline", "--json"))["plans"]) == 3
    said = cli("plan", "-r", str(project), *words(str(machines / "rtx-4090-driver-560.json")), "--json")
    assert json.loads(said.out)["schema"] == "drivetrain/plan/1"


FAULTS = [
    ('[[targets]]\nos = "amiga"\n', "targets[0].os cannot be amiga", "linux, windows"),
    ('[[targets]]\ngpu = "x"\nos = "linux"\n', "there is no key gpu", "gpus"),
    ("[[targets]]\ndriver = 560\n", "targets[0].driver: expected a text in quotes", 'driver = "560"'),
    ('[[targets]]\ngpus = ["RTX 4090"]\n', "neither machine nor os", "linux"),
    ('[[targets]]\nmachine = "a.json"\nos = "linux"\n', "machine and os contradict", "saved machine"),
    ('[[targets]]\nos = "linux"\n[[targets]]\nos = "linux"\n', "two targets are called linux", "name"),
    ('targets = "linux"\n', "expected an array of tables", "[[targets]]"),
    ("", "lists no targets", "[[targets]]"),
]


@pytest.mark.parametrize(("text", "says", "next_line"), FAULTS, ids=[says for _, says, _ in FAULTS])
def test_a_fault_in_the_targets_is_one_line(cli: Cli, tmp_path: Path, text: str, says: str, next_line: str) -> None:
    (tmp_path / "drivetrain.toml").write_text(text)
    said = cli("plan", "jax", "--targets", str(tmp_path / "drivetrain.toml"), "--offline")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    before, _, after = said.err.partition(" → ")
    assert says in before
    assert next_line in after


def test_one_environment_for_each_family(cli: Cli) -> None:
    target = ("--family", "any", "--os", "linux", "--gpu", "RTX 4090", "--driver", "580.65.06", "--offline")
    found = plans(cli("plan", "tensorflow", "torch", "transformers", *target, "--json"))
    families = [each["plan"]["cuda"]["family"] for each in found["plans"]]
    assert len(families) == len(set(families)) == 2
    assert [each["prefix"] for each in found["plans"]] == [f".venv-cu{family}" for family in families]
    # A plain library goes into each.
    assert sorted(name for each in found["plans"] for name in each["for"]) == ["tensorflow", "torch", "transformers", "transformers"]
    said = cli("plan", "tensorflow", "torch", *target).out
    assert "drivetrain up torch" in said
    assert "--prefix .venv-cu13" in said


def test_one_family_is_one_environment(cli: Cli) -> None:
    found = plans(cli("plan", "torch", "--family", "any", "--os", "linux", "--gpu", "RTX 4090", "--driver", "560", "--offline", "--json"))
    assert [each["prefix"] for each in found["plans"]] == [""]
