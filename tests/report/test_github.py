"""Annotations and the summary of a GitHub workflow run: read back as GitHub reads them, whatever an environment holds.

The reader below follows the documentation of workflow commands: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report.audits import BROKEN_OUT, EVERYTHING, IGNORED, NASTY, SITE, audit, outcome

from drivetrain.model.outcome import Audit, Evidence, Fix, Severity
from drivetrain.report.github_annotations import workflow_commands
from drivetrain.report.github_summary import job_summary
from drivetrain.report.markup import unmarked


class Command(NamedTuple):
    """A workflow command as a runner understands it."""

    name: str
    properties: dict[str, str]
    message: str


def read(line: str) -> Command:
    """Gives the command on one line of a log."""
    match = re.fullmatch(r"::(\w+)(?: (.*?))?::(.*)", line)
    assert match, line
    properties = dict(each.split("=", 1) for each in match[2].split(","))
    return Command(match[1], {key: decoded(value) for key, value in properties.items()}, decoded(match[3]))


def decoded(text: str) -> str:
    for escaped, plain in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text


def commands(value: Audit, workspace: str = "") -> list[Command]:
    *lines, tally = workflow_commands(value, workspace, "drivetrain fix .venv")
    assert not tally.startswith("::")
    return [read(each) for each in lines]


def many(count: int, severity: Severity = "error") -> list:  # type: ignore[type-arg]
    return [outcome(f"package{number}", "it is broken", severity=severity) for number in range(count)]


def test_each_severity_has_its_command() -> None:
    found = commands(EVERYTHING)
    assert [each.name for each in found] == ["error", "error", "warning", "notice"]
    first = found[0]
    assert first.properties == {"title": "cuda-wheel-majors-mixed: nvidia-cudnn-cu13", "file": f".venv/{SITE}/nvidia/cudnn/lib/libcudnn.so.9"}
    assert first.message.splitlines() == [
        "nvidia-cudnn-cu13: lost 2 of its files", "- needed by torch", "fix: remove nvidia-cudnn-cu12", "    drivetrain fix .venv",
    ]  # fmt: skip
    assert "file" not in found[-1].properties


def test_the_line_is_exactly_as_documented() -> None:
    value = audit(outcome("a, b", "100%: no\nyes", evidence=(Evidence(path="x:y", text="z", line=7),)))
    line, _ = workflow_commands(value)
    assert line == f"::error title=dependency-pin-conflict%3A a%2C b,file=.venv/{SITE}/x%3Ay,line=7::a, b: 100%25: no%0Ayes"


def test_paths_are_those_below_the_workspace() -> None:
    value = audit(outcome(evidence=(Evidence(path="x.py", text=""),)), prefix="/runner/jobs/a/a/.venv")
    assert commands(value, "/runner/jobs/a/a")[0].properties["file"] == f".venv/{SITE}/x.py"
    assert commands(value, "/runner/jobs/a/ab")[0].properties["file"].startswith("/runner/")


def test_ten_of_a_kind_and_the_last_tells_of_the_rest() -> None:
    assert len(commands(audit(*many(10)))) == 10
    found = commands(audit(*many(12), *many(11, "warning")))
    assert [each.name for each in found] == ["error"] * 10 + ["warning"] * 10
    assert found[9].properties == {"title": "and 3 more"}
    assert found[9].message.splitlines() == [f"dependency-pin-conflict: package{number}" for number in (9, 10, 11)]


def test_nothing_can_end_a_command_or_begin_another() -> None:
    (only,) = commands(BROKEN_OUT)
    assert only.name == "error"
    assert only.message.startswith(f"{unmarked(NASTY.replace(chr(13), '|||'))}: ".replace("|||", "\r"))
    assert only.properties["title"].endswith(unmarked(NASTY.replace("\r", "|||")).replace("|||", "\r"))


@given(st.text(min_size=1), st.text())
@settings(max_examples=200, deadline=None)
def test_whatever_is_said_one_line_is_one_command(about: str, says: str) -> None:
    lines = workflow_commands(audit(outcome(about, says, evidence=(Evidence(path=says, text=about),))))
    assert len(lines) == 2
    assert not {"\n", "\r"} & set("".join(lines))
    assert read(lines[0]).name == "error"


def rendered(value: Audit) -> str:
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(job_summary(value, "drivetrain fix .venv"))


def test_the_summary_is_a_table_and_folds() -> None:
    html = rendered(EVERYTHING)
    assert html.count("<tr>") == 1 + 4
    assert html.count("<details>") == html.count("</details>") == 3
    assert "unset XLA_FLAGS" in html
    assert html.count("drivetrain fix .venv") == 1
    assert "errors: 2, warnings: 1" in html


def test_a_summary_of_nothing() -> None:
    assert "nothing is wrong" in rendered(audit())
    assert "<table>" not in rendered(audit())


def test_what_does_not_count_is_no_annotation_and_a_line_of_the_summary() -> None:
    assert [each.properties["title"] for each in commands(IGNORED)] == ["dependency-pin-conflict: torch"]
    assert "found and not counted: 1 (drivetrain.toml)" in rendered(IGNORED)
    assert rendered(IGNORED).count("<tr>") == 2


def test_a_summary_has_bounds() -> None:
    html = rendered(audit(*many(300)))
    assert html.count("<tr>") == 1 + 50
    assert "and 250 more" in html
    long = job_summary(audit(*(outcome(f"p{number}", "x" * 100_000, evidence=(Evidence(text="y" * 100_000),) * 9) for number in range(60))))
    assert len(long.encode()) < 1024 * 1024


def test_no_text_becomes_markup() -> None:
    html = rendered(BROKEN_OUT)
    assert "<script>" not in html
    assert html.count("<tr>") == 2
    assert html.count("<a ") == 0
    assert html.count("<details>") == html.count("</details>") == 1
    assert html.count("<summary>") == html.count("</summary>") == 1


@given(st.text(alphabet="a|`<>&\\*_[]()#~-+.1\n :@$!=\"'"), st.text(alphabet="a`\n~ "))
@settings(max_examples=200, deadline=None)
def test_whatever_is_said_the_summary_keeps_its_shape(text: str, command: str) -> None:
    html = rendered(audit(outcome(text, text, evidence=(Evidence(path=text, text=text),), fix=(Fix(says=text, commands=(command,)),)), prefix=text))
    assert html.count("<tr>") == 2
    assert html.count("<td") == 4
    assert html.count("<summary>") == html.count("</summary>") == html.count("</details>") == 1
    assert "<a " not in html
    assert "<em>" not in html


def test_in_both_languages(language: str) -> None:
    assert ("what is wrong" in job_summary(EVERYTHING)) is (language == "en")
    assert any("修复：" in each.message for each in commands(EVERYTHING)) is (language == "zh")
