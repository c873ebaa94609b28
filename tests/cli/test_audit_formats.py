"""`drivetrain audit --format`: each document by a real run on a small environment, files, exit codes, and what contradicts itself."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from scan.making import contents, lay, venv

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """An environment with one error: a pin that does not hold."""
    prefix = tmp_path / "empty" / ".venv"
    site = venv(prefix)
    lay(site, contents("numpy", "2.1.0"))
    lay(site, contents("oldthing", "1.0", {}, ["numpy<2"]))
    return prefix


@pytest.fixture
def audit(cli: Cli, machines: Path) -> Cli:
    """Audits with a machine file, so that no test depends on the machine it runs on."""
    return lambda *words: cli("audit", "--machine", str(machines / "rtx-4090-driver-560.json"), *words)


def test_json_is_json(audit: Cli, broken: Path) -> None:
    one, other = audit("--json"), audit("--format", "json")
    assert one == other
    assert one.code == 1
    found = json.loads(one.out)
    jsonschema.validate(found, schema("audit"))
    assert found["site_packages"] == "lib/python3.11/site-packages"
    assert found["metadata"] == {"numpy": "numpy-2.1.0.dist-info"}


def test_sarif_names_the_file_where_it_lies(audit: Cli, broken: Path) -> None:
    said = audit("--format", "sarif")
    assert said.code == 1
    (run,) = json.loads(said.out)["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    path = Path(run["originalUriBaseIds"][place["uriBaseId"]]["uri"].removeprefix("file://")) / place["uri"]
    assert path.read_text().splitlines()[1] == "Name: oldthing"
    assert run["invocations"][0]["exitCode"] == 1
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["help"]["markdown"]


def test_junit(audit: Cli, broken: Path) -> None:
    said = audit("--format", "junit")
    suite = ElementTree.fromstring(said.out)[0]
    assert (said.code, suite.attrib["failures"]) == (1, "1")
    assert int(suite.attrib["tests"]) > 5


def test_github_writes_annotations_and_the_summary_of_the_job(audit: Cli, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    said = audit(str(broken), "--format", "github")
    assert said.code == 1
    assert said.out.startswith("::error title=dependency-pin-conflict%3A numpy,file=")
    assert "oldthing-1.0.dist-info/METADATA" in said.out
    assert summary.read_text().startswith("before\n### drivetrain audit: ")
    assert "| ❌ error | numpy |" in summary.read_text()


def test_a_summary_that_cannot_be_written_is_one_line(audit: Cli, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "summary.md"))
    said = audit("--format", "github")
    assert (said.code, said.out) == (2, "")
    assert said.err == f"{tmp_path / 'no' / 'summary.md'} cannot be written: No such file or directory → GITHUB_STEP_SUMMARY names it\n"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit"])
def test_a_file_gets_what_would_be_printed_and_the_screen_stays_for_people(audit: Cli, broken: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "answer"
    printed = audit("--format", form)
    said = audit("--format", form, "--output", str(path))
    assert said.code == printed.code == 1
    assert path.read_text() == printed.out
    if form in ("json", "github"):
        assert said.out == printed.out
    else:
        assert said.out.startswith(".venv  errors: 1, warnings: 0\n")
    assert json.loads(audit("--format", form, "-o", str(path), "--json").out)["schema"] == "drivetrain/audit/1"


def test_a_file_that_cannot_be_written(audit: Cli, broken: Path, tmp_path: Path) -> None:
    said = audit("--format", "sarif", "-o", str(tmp_path / "no" / "a.sarif"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "a.sarif cannot be written: No such file or directory" in said.err


@pytest.mark.parametrize(("threshold", "code"), [("error", 1), ("warning", 1), ("note", 1), ("never", 0)])
def test_what_fails_is_the_callers_choice(audit: Cli, broken: Path, threshold: str, code: int) -> None:
    assert audit("--fail-on", threshold).code == code
    sarif = audit("--fail-on", threshold, "--format", "sarif")
    assert (sarif.code, json.loads(sarif.out)["runs"][0]["invocations"][0]["exitCode"]) == (code, code)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--format", "xml"), "--format cannot be xml → one of: text, json, sarif, github, junit\n"),
        (("--fail-on", "all"), "--fail-on cannot be all → one of: error, warning, note, never\n"),
        (("--json", "--format", "sarif"), None),
    ],
)
def test_words_that_cannot_be(audit: Cli, broken: Path, words: tuple[str, ...], says: str | None) -> None:
    said = audit(*words)
    assert said.code == 2
    if says is None:
        assert "contradict each other" in json.loads(said.out)["says"]
    else:
        assert (said.out, said.err) == ("", says)


def test_with_format_json_a_breakdown_is_json_too(cli: Cli, tmp_path: Path) -> None:
    said = cli("audit", str(tmp_path / "nowhere"), "--format", "json")
    assert said.code == 2
    assert json.loads(said.out)["schema"] == "drivetrain/error/1"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit"])
def test_a_file_name_that_is_no_utf_8(audit: Cli, broken: Path, tmp_path: Path, form: str) -> None:
    """Left behind by a broken uninstall, on a disk that was written under another encoding."""
    try:
        (broken / "lib" / "python3.11" / "site-packages" / os.fsdecode(b"~umpy\xff")).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    assert "umpy" in audit("--format", form).out
    assert audit("--format", form, "-o", str(tmp_path / "answer")).code == 1
