"""JUnit XML: what a CI server counts, and that nothing in an environment can make it unreadable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.audits import BROKEN_OUT, EVERYTHING, IGNORED, SITE, audit, outcome

from drivetrain.model.outcome import Audit, Evidence, Threshold
from drivetrain.report.junit import junit_xml

CHILDREN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "skipped", "system-out"}}
REQUIRED = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "skipped": {"message"},
    "system-out": set(),
}
"""junit-10.xsd of Jenkins' xunit plugin, the schema that pytest's own documents keep to: elements, and the attributes that are written of each."""


def parsed(value: Audit, threshold: Threshold = "error") -> ElementTree.Element:
    """Gives the document, held against the schema's shape."""
    top = ElementTree.fromstring(junit_xml(value, threshold, "drivetrain fix .venv").encode())
    for element in top.iter():
        assert {each.tag for each in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) == REQUIRED[element.tag]
    (suite,) = top
    cases = list(suite)
    for holder in (top, suite):
        assert int(holder.attrib["tests"]) == len(cases)
        assert int(holder.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    assert all(re.fullmatch(r"\d*(\.\d*)?", each.attrib["time"]) for each in [suite, *cases])
    assert len({(each.attrib["classname"], each.attrib["name"]) for each in cases}) == len(cases)
    return top


def test_each_rule_and_subject_is_a_test_case() -> None:
    cases = {each.attrib["name"]: each for each in parsed(EVERYTHING).iter("testcase")}
    assert set(cases) == {"nvidia-cudnn-cu13", "torch", "keras", "environment", "glibc", "driver"}
    assert cases["torch"].attrib["classname"] == "drivetrain.dependency-pin-conflict"
    assert [each.tag for each in cases["torch"]] == ["failure"]
    assert [each.tag for each in cases["driver"]] == []
    assert cases["glibc"][0].attrib == {"message": "the machine file does not name it"}
    failure = cases["nvidia-cudnn-cu13"][0]
    assert failure.attrib == {"type": "error", "message": "lost 2 of its files"}
    assert (failure.text or "").splitlines() == [
        f"{SITE}/nvidia/cudnn/lib/libcudnn.so.9  on disk: 9.28", f"{SITE}/nvidia/__init__.py  on disk: 9.28", "needed by torch",
        "fix: remove nvidia-cudnn-cu12", "    drivetrain fix .venv", "more: drivetrain explain cuda-wheel-majors-mixed", "https://example.org/record",
    ]  # fmt: skip


@pytest.mark.parametrize(("threshold", "failures"), [("error", 2), ("warning", 3), ("note", 4), ("never", 0)])
def test_a_failure_is_what_fails_the_command(threshold: Threshold, failures: int) -> None:
    top = parsed(EVERYTHING, threshold)
    assert len(list(top.iter("failure"))) == failures == len(EVERYTHING.failing(threshold))
    assert len(list(top.iter("system-out"))) == 4 - failures


def test_two_answers_of_one_rule_about_one_subject_have_names_of_their_own() -> None:
    names = [each.attrib["name"] for each in parsed(audit(outcome(), outcome(), outcome("numpy"))).iter("testcase")]
    assert names == ["torch", "torch (2)", "numpy"]


def test_what_does_not_count_is_skipped_with_its_reason() -> None:
    counted, ignored = parsed(IGNORED).iter("testcase")
    assert [each.tag for each in counted] == ["failure"]
    assert ignored[0].attrib == {"message": "does not count (drivetrain.toml: until the next release): is old"}


def test_an_environment_cannot_break_the_document() -> None:
    (failure,) = parsed(BROKEN_OUT).iter("failure")
    assert "</summary><script>" in failure.attrib["message"]
    assert "\ufffd" in failure.attrib["message"]


@given(st.text(), st.text())
@settings(max_examples=200, deadline=None)
def test_whatever_is_said_the_document_can_be_read(about: str, says: str) -> None:
    parsed(audit(outcome(about, says, evidence=(Evidence(path=says, text=about),)), outcome(about, says, state="unknown")))


def test_in_both_languages(language: str) -> None:
    (first, *_) = parsed(EVERYTHING).iter("failure")
    assert ("fix: remove" in (first.text or "")) is (language == "en")


@pytest.mark.install
@pytest.mark.timeout(300)
@pytest.mark.parametrize("value", [EVERYTHING, BROKEN_OUT, audit()], ids=["everything", "breaking out", "nothing"])
def test_the_schema_of_jenkins_takes_it(value: Audit, tmp_path: Path) -> None:
    """The source archive of pytest brings junit-10.xsd, which pytest holds its own documents against."""
    ask = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pytest", "--dest", str(tmp_path), "pytest==9.2.0"]
    subprocess.run(ask, check=True)
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(tmp_path / "tool"), "xmlschema"], check=True)
    with tarfile.open(tmp_path / "pytest-9.2.0.tar.gz") as archive:
        member = archive.extractfile("pytest-9.2.0/testing/example_scripts/junit-10.xsd")
        assert member is not None
        (tmp_path / "junit.xsd").write_bytes(member.read())
    (tmp_path / "audit.xml").write_text(junit_xml(value), encoding="utf-8")
    code = "import sys, xmlschema; xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])"
    paths = [str(tmp_path / "junit.xsd"), str(tmp_path / "audit.xml")]
    subprocess.run([sys.executable, "-c", code, *paths], env={**os.environ, "PYTHONPATH": str(tmp_path / "tool")}, check=True)
