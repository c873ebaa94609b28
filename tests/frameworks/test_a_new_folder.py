"""Adding a framework is adding a folder: a copy of the package with one more folder plans, lists and refuses what it holds, with nothing else touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from house import PACKAGE

VALUE = '''
"""cuTENSOR as a framework, for a test: its wheels exist, and the catalogue knows them as plain libraries."""

from __future__ import annotations

from drivetrain.model.build import Framework

FRAMEWORK = Framework(
    name="tensors",
    distribution="cutensor",
    title="Tensors",
    import_name="cutensor",
    names=("cutensor-cu13", "cutensor-cu12", "cutensor-cu11"),
    sources=("https://docs.nvidia.com/cuda/cutensor/latest/",),
)
'''
SOURCE = "https://docs.nvidia.com/cuda/cutensor/latest/"
ROWS = [
    {"version": version, "distribution": f"cutensor-cu{family}", "build": "cuda", "platforms": ["linux-x86_64"], "places": ["index"], "cuda": f"{family}.0"}
    for family, version in ((13, "2.8.1"), (12, "2.8.1"), (12, "2.2.0"), (11, "2.2.0"))
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the folder of a copy of the package that has one framework more."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, root / "drivetrain", ignore=shutil.ignore_patterns("__pycache__"))
    folder = root / "drivetrain" / "frameworks" / "tensors"
    folder.mkdir()
    (folder / "__init__.py").write_text(VALUE, encoding="utf-8")
    (folder / "builds.json").write_text(json.dumps([{**row, "sources": [SOURCE]} for row in ROWS]), encoding="utf-8")
    shutil.copy(PACKAGE / "frameworks" / "torch" / "verify.py", folder)
    return root


def planned(package: Path, *words: str) -> dict[str, Any]:
    """Gives what the copy answers to `plan`."""
    command = [sys.executable, "-m", "drivetrain", "plan", *words, "--json", "--offline", "--os", "linux", "--sources", "index"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(package)}, cwd=package, timeout=60)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("driver", "wheel", "version"), [("580.95.05", "cutensor-cu13", "2.8.1"), ("560.35.03", "cutensor-cu12", "2.8.1")])
def test_it_is_planned_by_the_name_of_its_value(package: Path, driver: str, wheel: str, version: str) -> None:
    answer = planned(package, "cutensor", "--gpu", "RTX 4090", "--driver", driver)
    (package_row,) = [each for each in answer["packages"] if each["requested"]]
    assert (package_row["name"], package_row["version"], package_row["asked_as"]) == (wheel, version, "cutensor")
    assert answer["age_days"] == {"cutensor": 0}


def test_it_shares_one_cuda_with_the_others(package: Path) -> None:
    answer = planned(package, "cutensor", "tensorflow", "--gpu", "RTX 4090", "--driver", "580.95.05")
    assert {each["name"] for each in answer["packages"] if each["requested"]} == {"cutensor-cu12", "tensorflow"}


def test_a_driver_that_serves_none_of_it_is_told(package: Path) -> None:
    answer = planned(package, "cutensor>=2.8", "--gpu", "RTX 3090", "--driver", "470.199.02")
    assert answer["status"] == "refused"
    assert answer["refusal"][0]["cause"] == "driver-too-old-for-cuda"
