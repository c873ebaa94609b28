"""`drivetrain explain`: a log, a line, standard input, a topic; as a user types it, in both languages, as JSON, and to share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]
LOG = "epoch 1\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n"
FACTS = ("--no-probe", "--fact", "framework=torch", "--fact", "framework_version=2.1.0", "--fact", "gpu=RTX 5090", "--fact", "os=linux")


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "train.log"
    path.write_text(LOG, encoding="utf-8")
    return str(path)


def test_the_first_line_is_the_answer_then_evidence_then_what_to_type(cli: Cli, log: str) -> None:
    said = cli("explain", log, *FACTS)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("The build holds no code for this GPU  confidence")
    assert "[compute-capability-not-in-build]" in said.out
    assert "line 2  RuntimeError" in said.out
    assert "the GPU has compute capability 12.0" in said.out
    assert "  drivetrain up torch\n" in said.out
    assert all(len(line) <= 80 for line in lines if "drivetrain" not in line and "pip install" not in line)


def test_json_is_the_contract_s(cli: Cli, log: str) -> None:
    found = json.loads(cli("explain", log, *FACTS, "--json").out)
    jsonschema.validate(found, schema("diagnosis"))
    first = found["causes"][0]
    assert first["cause"] == "compute-capability-not-in-build"
    assert 0.5 < first["confidence"] < 1
    assert first["evidence"][0] == {"line": 2, "text": LOG.splitlines()[1]}
    assert len({(each.get("line"), each["text"]) for each in first["evidence"]}) == len(first["evidence"])
    assert any(fix.get("edit", {}).get("require", [""])[0].startswith("torch==") for fix in first["fix"]), "planned for the GPU that is known"


def test_chinese_is_chinese(cli: Cli, log: str) -> None:
    said = cli("explain", log, *FACTS, "--lang", "zh")
    assert "把握" in said.out.splitlines()[0]
    assert "第 2 行" in said.out
    assert "confidence" not in said.out


def test_a_line_will_do_and_so_will_a_file_of_facts(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps({"framework": "tensorflow", "framework_version": "2.15", "os": "Windows 11", "my note": ["x"]}))
    said = cli("explain", "Num GPUs Available: 0", "--no-probe", "--facts", str(tmp_path / "facts.json"))
    assert "[tf-windows-native-gpu-dropped]" in said.out.split("\n\n")[0]


def test_a_log_without_a_fault_gets_no_guess(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "fine.log").write_text("epoch 1 loss 0.3\nValueError: shapes differ\n")
    said = cli("explain", str(tmp_path / "fine.log"), "--no-probe")
    assert said.code == 0
    assert said.out.startswith("nothing in this log is known to be a fault")
    assert json.loads(cli("explain", str(tmp_path / "fine.log"), "--no-probe", "--json").out)["causes"] == []


def test_what_is_shared_names_nobody(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text('File "/home/alice/secret/train.py", line 3\n' + LOG + "HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz\n")
    said = cli("explain", str(tmp_path / "x.log"), "--share", *FACTS)
    assert "compute-capability-not-in-build" in said.out
    assert not {"alice", "secret/", "hf_abc"} & {word for word in ("alice", "secret/", "hf_abc") if word in said.out}


def test_a_topic_and_a_question_have_their_page(cli: Cli) -> None:
    assert cli("explain", "cudnn", "--no-probe").out.startswith("cuDNN")
    assert "Visual Studio" in cli("explain", "is Visual Studio needed for CUDA?", "--no-probe").out.splitlines()[0]
    assert cli("explain", "driver-too-old-for-cuda").out.startswith("The driver is too old")
    assert json.loads(cli("explain", "cudnn", "--no-probe", "--json").out)["topic"] == "cudnn"
