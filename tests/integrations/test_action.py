"""The GitHub Action: its file by itself, and its steps really run, as they are written, on a broken and on a healthy environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from scan.making import contents, lay, uv_venv, venv

from house import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import run_action

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
MACHINE = str(ROOT / "tests" / "machines" / "rtx-4090-driver-560.json")
WORKFLOWS = re.findall(r"```yaml\n(# \.github/workflows/.*?)```", (ROOT / "docs" / "audit.md").read_text(encoding="utf-8"), re.DOTALL)

Act = Callable[..., run_action.Ran]


def test_what_a_caller_gives_reaches_no_script_as_text() -> None:
    """`${{ inputs.x }}` inside a script would let whoever chooses x run commands; it goes through the step's variables."""
    scripts = [each["run"] for each in STEPS if "run" in each]
    assert len(scripts) == 2
    assert not [each for each in scripts if "${{" in each]
    assert all(each["shell"] == "bash" for each in STEPS if "run" in each)


def test_every_input_is_used_and_described() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", yaml.safe_dump(STEPS)))
    assert used == set(ACTION["inputs"])
    assert all(each["description"] and isinstance(each["default"], str) for each in ACTION["inputs"].values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda text: text.splitlines()[0])
def test_workflows_of_the_documentation_use_inputs_that_there_are(workflow: str) -> None:
    document = yaml.safe_load(workflow)
    steps = [step for job in document["jobs"].values() for step in job["steps"] if "drivetrain" in step.get("uses", "")]
    assert steps
    assert all(set(each.get("with", {})) <= set(ACTION["inputs"]) for each in steps)


def test_the_documentation_has_workflows() -> None:
    assert WORKFLOWS


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.format", "github"),
        ("inputs.nothing", ""),
        ("always() && inputs.upload-sarif == 'true' && steps.audit.outputs.sarif-file != ''", True),
        ("failure() || !(inputs.upload-sarif == 'true')", False),
        ("'it''s'", "it's"),
    ],
)
def test_expressions(expression: str, value: object, tmp_path: Path) -> None:
    contexts = {"inputs": {"format": "github", "upload-sarif": "true"}, "steps": {"audit": {"outputs": {"sarif-file": "a"}}}}
    assert run_action.Run(contexts=contexts, variables={}, scratch=tmp_path, workspace=tmp_path).value(expression) == value


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder: drivetrain is installed there once, as for several steps of one job."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def act(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Act:
    """Runs the action in an empty workspace; what the workspace's own modules and variables say must not matter to it."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "DRIVETRAIN_INVOKED_AS", "pythonLocation", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("DRIVETRAIN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "drivetrain.py").write_text("raise SystemExit('not this one')")
    return lambda **inputs: run_action.run_action(ROOT, tmp_path / "w", scratch, **{"machine": MACHINE, "python": sys.executable, **inputs})


@pytest.mark.install
@pytest.mark.timeout(900)
def test_a_broken_environment_fails_the_job(act: Act, tmp_path: Path) -> None:
    site = venv(tmp_path / "w" / ".venv")
    lay(site, contents("numpy", "2.1.0"))
    lay(site, contents("oldthing", "1.0", {}, ["numpy<2"]))
    ran = act(upload_sarif="true")
    assert ran.code == 1, ran.log
    annotation = next(line for line in ran.log.splitlines() if line.startswith("::error "))
    assert annotation.startswith("::error title=dependency-pin-conflict%3A numpy,file=.venv/lib/python3.11/site-packages/oldthing-1.0.dist-info/METADATA::")
    assert "| ❌ error | numpy |" in ran.summary
    assert ran.summary.count("### drivetrain audit") == 1
    assert ran.outputs["exit-code"] == "1"
    assert json.loads(Path(ran.outputs["sarif-file"]).read_text())["runs"][0]["results"][0]["ruleId"] == "dependency-pin-conflict"
    assert ran.left_out == (f"github/codeql-action/upload-sarif@v4 (sarif_file={ran.outputs['sarif-file']}, category=drivetrain)",)

    lenient = act(fail_on="never", sarif_file="here.sarif", format="junit", arguments="--lang zh --verbose")
    assert lenient.code == 0
    assert "没有" in lenient.log or "要求" in lenient.log
    assert (tmp_path / "w" / "here.sarif").exists()
    assert lenient.left_out == ()


@pytest.mark.install
@pytest.mark.timeout(900)
def test_a_healthy_environment_passes(act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = uv_venv(tmp_path / "healthy")
    for inputs in ({"prefix": str(healthy)}, {}):
        monkeypatch.setenv("pythonLocation", "" if inputs else str(healthy))
        ran = act(**inputs)
        assert ran.code == 0, ran.log
        assert "::error" not in ran.log
        assert "nothing is wrong" in ran.summary
        assert ran.outputs == {"exit-code": "0", "sarif-file": ""}
        assert ran.left_out == ()


@pytest.mark.install
@pytest.mark.timeout(900)
def test_an_audit_that_cannot_be_is_said(act: Act) -> None:
    ran = act(prefix="nowhere; touch owned", upload_sarif="true")
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["sarif-file"]) == (2, "2", "")
    assert "is no folder" in ran.log
    assert "::error title=drivetrain::" in ran.log
    assert ran.left_out == ()


@pytest.mark.install
def test_the_file_and_the_workflows_fit_githubs_schemas(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "tool"), "check-jsonschema"], check=True)
    schemas = tmp_path / "tool" / "check_jsonschema" / "builtin_schemas" / "vendor"
    import jsonschema

    jsonschema.validate(ACTION, json.loads((schemas / "github-actions.json").read_text(encoding="utf-8")))
    for each in WORKFLOWS:
        # YAML 1.1 reads the key `on` as true.
        document = {("on" if key is True else key): value for key, value in yaml.safe_load(each).items()}
        jsonschema.validate(document, json.loads((schemas / "github-workflows.json").read_text(encoding="utf-8")))
