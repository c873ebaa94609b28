"""What commands answer: documents that fit their schemas, screens, files, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivetrain.model.documents import decode
from drivetrain.model.plan import Plan
from drivetrain.report.schemas import TYPES, schema

Cli = Callable[..., Any]


def document(said: Any, name: str, code: int = 0) -> Any:
    assert said.code == code, said.err
    found = json.loads(said.out)
    jsonschema.validate(found, schema(name))
    return found


def test_probe_shows_saves_and_reads_machines(cli: Cli, tmp_path: Path, machines: Path) -> None:
    path = tmp_path / "here.json"
    assert document(cli("probe", "--save", str(path), "--json"), "machine")["os"]["family"] in ("linux", "windows", "macos")
    assert document(cli("probe", "--machine", str(path), "--json"), "machine") == json.loads(path.read_text())
    said = cli("probe", "--machine", str(machines / "rtx-4090-driver-560.json"))
    assert said.out.splitlines()[0].startswith("NVIDIA GeForce RTX 4090")
    assert "CUDA up to 12.6" in said.out


def test_a_plan_for_a_machine_file(cli: Cli, tmp_path: Path, machines: Path) -> None:
    words = ("plan", "torch", "--machine", str(machines / "rtx-4090-driver-560.json"), "--sources", "index", "--offline")
    found = document(cli(*words, "--json"), "plan")
    assert (found["status"], found["accelerator"], found["cuda"]["family"]) == ("planned", "cuda", 12)
    assert found["commands"][-1] == "drivetrain install plan.json"
    path = tmp_path / "plan.json"
    assert cli(*words, "-o", str(path), "--html", str(tmp_path / "plan.html")).code == 0
    assert decode(path.read_bytes(), Plan).python == found["python"]
    assert "<!doctype html>" in (tmp_path / "plan.html").read_text()
    why = cli(*words, "--why", "torch")
    assert why.out.startswith(f"torch {found['packages'][0]['version']}")
    assert "https://" in why.out


def test_a_refusal_ends_with_3_and_its_ways_out_can_be_pasted(cli: Cli) -> None:
    words = ("plan", "tensorflow==2.13", "cuda==11.8", "--os", "windows", "--gpu", "GTX 1050 Ti", "--driver", "551.23", "--python", "3.11", "--offline")
    found = document(cli(*words, "--json"), "plan", 3)
    assert found["refusal"][0]["cause"] == "tf-windows-native-gpu-dropped"
    said = cli(*words)
    assert said.code == 3
    assert said.out.startswith("no stack: ")
    line = next(line.strip() for line in said.out.splitlines() if "--os wsl2" in line)
    import shlex

    again = document(cli(*shlex.split(line)[1:], "--offline", "--json"), "plan")
    assert again["packages"][0]["version"].startswith("2.13")


def test_a_dry_run_of_up_for_another_machine(cli: Cli, machines: Path) -> None:
    words = ("up", "jax", "--machine", str(machines / "rtx-4090-driver-560.json"), "--sources", "index", "--offline", "--dry-run")
    found = document(cli(*words, "--json"), "up")
    assert (found["status"], found["prefix"], found["plan"]["accelerator"]) == ("done", "", "cuda")
    assert "drivetrain install plan.json" in cli(*words).out


def test_what_nobody_could_check_offline_is_an_assumption(cli: Cli) -> None:
    found = document(cli("plan", "tqdm", "--os", "linux", "--accelerator", "cpu", "--offline", "--json"), "plan")
    assert "tqdm" in found["assumptions"][0]


def test_pages_in_both_languages(cli: Cli) -> None:
    english, chinese = (document(cli("explain", "no-nvidia-driver", "--lang", language, "--json"), "page") for language in ("en", "zh"))
    assert english["topic"] == chinese["topic"] == "no-nvidia-driver"
    assert english["title"].isascii()
    assert not chinese["title"].isascii()
    assert cli("explain", "no nvidia driver").out.splitlines()[0] == english["title"]


def test_versions_say_what_keeps_the_target_from_them(cli: Cli) -> None:
    words = ("versions", "cudnn", "--os", "linux", "--gpu", "sm_70", "--driver", "580.65.06")
    rows = document(cli(*words, "--json"), "versions")["versions"]
    assert {each["usable"] for each in rows} >= {True, False}
    assert all(each["cause"] and each["says"] for each in rows if each["usable"] is False)
    assert "usable" in cli(*words).out


def test_the_catalogue_and_its_age(cli: Cli) -> None:
    found = document(cli("catalogue", "show", "--json"), "catalogue")
    assert found["frameworks"][0]["releases"] > 10
    assert found["as_of"] in cli("catalogue").out


@pytest.mark.parametrize("name", sorted(TYPES))
def test_schemas(cli: Cli, name: str) -> None:
    assert json.loads(cli("schema", name).out) == json.loads(cli("schema", name, "--json").out) == json.loads(json.dumps(schema(name)))


def test_home(cli: Cli) -> None:
    said = cli()
    assert said.code == 0
    assert "no environment" in said.out
    assert "drivetrain up" in said.out
    document(cli("--json"), "machine")


@pytest.mark.parametrize("words", [("--help",), ("plan", "--help"), ("--version", "--lang", "en"), ("completion", "bash"), ("schema",)])
def test_with_json_everything_is_one_document(cli: Cli, words: tuple[str, ...]) -> None:
    said = cli(*words, "--json")
    found = json.loads(said.out)
    document(said, found["schema"].split("/")[1])
