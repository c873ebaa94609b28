"""An audit as a SARIF 2.1.0 log, for code scanning and viewers; source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from drivetrain.model.documents import to_builtins
from drivetrain.model.outcome import Audit, Evidence, Fix, Ignored, Outcome
from drivetrain.model.report import Page
from drivetrain.report.artifacts import Artifact, artifact_of, evidence_artifact
from drivetrain.report.shell import variable_line
from drivetrain.report.text_page import plain_markdown
from drivetrain.words import language, say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "PREFIX"
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
"""What GitHub's code scanning sorts by: `problem.severity`."""
_WORST = ("error", "warning", "note")


class Ending(Struct, frozen=True, kw_only=True):
    """How the audit ended, and where."""

    exit_code: int
    base: str = ""
    """The prefix as a `file:` URI with a slash at its end; empty where it is not known."""
    mend: str = ""
    """The line that finds the smallest change which clears the findings."""


def sarif_log(audit: Audit, pages: Mapping[str, Page], ending: Ending) -> dict[str, Any]:
    """Gives the log as builtins: a rule for every cause that was asked about, a result for every finding."""
    from drivetrain import __version__

    causes = list(dict.fromkeys(each.cause for each in (*audit.outcomes, *(one.outcome for one in audit.ignored))))
    index = {cause: number for number, cause in enumerate(causes)}
    driver = {"name": "drivetrain", "version": __version__, "rules": [_rule(audit, each, pages.get(each)) for each in causes]}
    results = [_result(audit, outcome, index[outcome.cause], ending.mend) for outcome in audit.found()]
    if audit.ignored:
        results = [{**each, "suppressions": []} for each in results] + [_suppressed(audit, each, index, ending.mend) for each in audit.ignored]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"drivetrain/audit/{audit.prefix.strip('/') or '.'}/"},
        "invocations": [_invocation(audit, ending, index)],
        "language": language(),
        "columnKind": "utf16CodeUnits",
        "results": _told_apart(results),
        "properties": {"prefix": audit.prefix, **to_builtins(audit.scanned)},
    }
    if ending.base:
        run["originalUriBaseIds"] = {_BASE: {"uri": ending.base}}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(audit: Audit, cause: str, page: Page | None) -> dict[str, Any]:
    """A cause's page as a rule; its level is the worst of its answers."""
    answers = (*audit.outcomes, *(each.outcome for each in audit.ignored))
    severity = min((each.severity for each in answers if each.cause == cause), key=_WORST.index)
    rule: dict[str, Any] = {
        "id": cause,
        "defaultConfiguration": {"level": severity},
        "properties": {"problem.severity": _PROBLEMS[severity], "precision": "high", "tags": ["environment"]},
    }
    if page is not None:
        body = page.body_markdown.strip()
        rule["shortDescription"] = {"text": page.title}
        rule["fullDescription"] = {"text": plain_markdown(body.split("\n\n")[0])}
        rule["help"] = {"text": plain_markdown(_with_sources(body, page, "{}")), "markdown": _with_sources(body, page, "<{}>")}
    return rule


def _with_sources(body: str, page: Page, form: str) -> str:
    return "\n".join([body, "", say("Sources:"), "", *(f"- {form.format(each)}" for each in page.sources)])


def _result(audit: Audit, outcome: Outcome, index: int, mend: str) -> dict[str, Any]:
    files = [each for each in outcome.evidence if each.path]
    result: dict[str, Any] = {
        "ruleId": outcome.cause,
        "ruleIndex": index,
        "kind": "fail",
        "level": outcome.severity,
        "message": {"text": message_of(outcome, mend)},
        "locations": [_location(artifact_of(audit, outcome), files[0].text if files else "")],
        "partialFingerprints": {"drivetrain/1": outcome.identity},
        "properties": {"about": outcome.about, "fix": to_builtins(outcome.fix), "sources": list(outcome.sources)},
    }
    if len(files) > 1:
        result["relatedLocations"] = list(_related(audit, files[1:]))
    return result


def _suppressed(audit: Audit, ignored: Ignored, index: Mapping[str, int], mend: str) -> dict[str, Any]:
    """A finding that does not count; where a log has one, every other result says that it does (3.27.23)."""
    reason = f"{ignored.by}: {ignored.why}" if ignored.why else ignored.by
    result = _result(audit, ignored.outcome, index[ignored.outcome.cause], mend)
    return {**result, "suppressions": [{"kind": "external", "status": "accepted", "justification": reason}]}


def message_of(outcome: Outcome, mend: str) -> str:
    """Gives what is wrong and what mends it, in lines without any markup."""
    lines = [f"{outcome.about}: {outcome.says}"]
    lines += [f"- {each.text}" for each in outcome.evidence if not each.path]
    return "\n".join([*lines, *fix_lines(outcome, mend)])


def fix_lines(outcome: Outcome, mend: str) -> list[str]:
    """Gives each fix and what to type for it; where that is a change of what is installed, it is `mend`, the line that finds it."""
    lines: list[str] = []
    for fix in outcome.fix:
        lines += [say("fix: {what}", what=fix.says), *(f"    {each}" for each in commands_of(fix, mend))]
    return lines


def commands_of(fix: Fix, mend: str) -> tuple[str, ...]:
    """Gives the lines to type for one fix, for a POSIX shell: who reads a document does so elsewhere."""
    if fix.edit is None:
        return fix.commands
    typed = (*fix.commands, *(variable_line(name, value) for name, value in fix.edit.variables.items()))
    return typed or ((mend,) if mend and (fix.edit.require or fix.edit.drop) else ())


def _told_apart(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Numbers findings that would look the same to whoever compares two runs."""
    seen: dict[str, int] = {}
    for result in results:
        prints = result["partialFingerprints"]
        key = prints["drivetrain/1"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            prints["drivetrain/1"] = f"{key}:{seen[key]}"
    return results


def _related(audit: Audit, evidence: Iterable[Evidence]) -> Iterable[dict[str, Any]]:
    for number, each in enumerate(evidence, 1):
        yield {"id": number, **_location(evidence_artifact(audit, each), each.text)}


def _location(artifact: Artifact, text: str) -> dict[str, Any]:
    """A file, at its first line where nothing says which: GitHub shows no finding without a line."""
    place: dict[str, Any] = {"uri": artifact.uri}
    if not artifact.is_outside:
        place["uriBaseId"] = _BASE
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": place, "region": {"startLine": artifact.line}}}
    return {**location, "message": {"text": text}} if text else location


def _invocation(audit: Audit, ending: Ending, index: Mapping[str, int]) -> dict[str, Any]:
    """That it ran, how it ended, and what it could not tell."""
    unknown = [each for each in audit.outcomes if each.state == "unknown"]
    notices = [
        {"level": "note", "message": {"text": f"{each.about}: {each.says}"}, "associatedRule": {"id": each.cause, "index": index[each.cause]}}
        for each in unknown
    ]
    return {"executionSuccessful": True, "exitCode": ending.exit_code, "toolExecutionNotifications": notices}
