"""Every row of the published tables is planned: the Python is allowed, CUDA is of the same major version, cuDNN of the same major version and not older.

`tools/make_table_cases.py` makes the rows from documents; a row with "wrong" says which document is wrong and how that is known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.errors import DrivetrainError
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

Row = dict[str, Any]
TABLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.json"))}
ROWS = [row for rows in TABLES.values() for row in rows]


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_of_a_table_is_planned_as_it_says(row: Row, facts: Catalogue) -> None:
    expected = row["expect"]
    answer = answer_of(row, facts)
    if isinstance(answer, Plan):
        assert expected["status"] == "planned", shown(answer)
        assert not faults(answer, expected), shown(answer)
        return
    assert expected["status"] == "refused", said(answer)
    assert causes_of(answer) & set(expected["causes"]), said(answer)


def test_the_tables_are_whole() -> None:
    assert len(ROWS) == len({row["id"] for row in ROWS})
    assert all(row["source"] for row in ROWS)
    assert all(row["wrong"]["source"] and row["wrong"]["how"] for row in ROWS if "wrong" in row)
    releases = {os: {row["request"][0] for row in TABLES[f"tensorflow-{os}-gpu"]} for os in ("linux", "windows")}
    assert {os: len(found) for os, found in releases.items()} == {"linux": 38, "windows": 27}


def answer_of(row: Row, facts: Catalogue) -> Plan | Refusal | DrivetrainError:
    """Gives what the planner says of a row, without ways out."""
    target = dict(row["target"])
    machine: Machine = described(**{**target, "gpus": tuple(target.get("gpus", ()))})
    # TensorFlow on Windows, and 2.4 on Linux, has no wheels of its CUDA libraries; elsewhere a stack that is all conda's would hide what wheels lack.
    engine = "auto" if row["id"].startswith(("tensorflow-windows-gpu", "tensorflow-linux-gpu-2.4.")) else "pip"
    request = Request(wishes=tuple(wish_of(text) for text in row["request"]), sources="all", engine=engine)
    try:
        return solve(request, machine, facts, relaxations=False)
    except DrivetrainError as error:
        return error


def faults(plan: Plan, expected: Row) -> list[str]:
    """Gives what of a row the plan does not meet."""
    found = []
    if "python" in expected and plan.python not in expected["python"]:
        found.append(f"Python {plan.python} is not among {expected['python']}")
    for name, version in expected["packages"].items():
        package = plan.package(name)
        if package is None or version_of(package.version) != version_of(version):
            found.append(f"{name} is {package and package.version}, not {version}")
    for name, build in expected.get("build", {}).items():
        package = plan.package(name)
        if package is None or package.build != build:
            found.append(f"{name} is the build {package and package.build}, not {build}")
    cuda = plan.cuda.version if plan.cuda else None
    if (cuda and cuda.split(".")[0]) != (expected["cuda"] and expected["cuda"].split(".")[0]):
        found.append(f"CUDA {cuda} is of another major version than {expected['cuda']}")
    if wanted := expected.get("cudnn"):
        if plan.cudnn is None or plan.cudnn.split(".")[0] != wanted.split(".")[0]:
            found.append(f"cuDNN {plan.cudnn} is of another major version than {wanted}")
        elif version_of(plan.cudnn) < version_of(wanted):
            found.append(f"cuDNN {plan.cudnn} is older than {wanted}")
    return found


def causes_of(answer: Refusal | DrivetrainError) -> set[str]:
    """Gives every cause of a refusal; for a usage error, that what was asked for does not exist."""
    if isinstance(answer, DrivetrainError):
        return {"usage"}
    pending: list[Reason] = list(answer.refusal)
    causes = set()
    while pending:
        reason = pending.pop()
        causes.add(reason.cause)
        pending += reason.because
    return causes


def said(answer: Refusal | DrivetrainError) -> str:
    """Gives a refusal in a line, for a failed assertion."""
    return answer.says if isinstance(answer, DrivetrainError) else "\n".join(f"{each.says} [{each.cause}]" for each in answer.refusal)


def shown(plan: Plan) -> str:
    """Gives a plan in a line, for a failed assertion."""
    packages = " ".join(f"{each.name}=={each.version}{f'({each.build})' if each.build else ''}" for each in plan.packages)
    return f"python {plan.python} cuda {plan.cuda and plan.cuda.version} cudnn {plan.cudnn} {plan.accelerator}: {packages}"
