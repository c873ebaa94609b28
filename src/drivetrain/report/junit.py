"""An audit as JUnit XML, a test case for each rule and subject; source: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from drivetrain.model.outcome import Audit, Ignored, Outcome, Threshold
from drivetrain.report.artifacts import Artifact, evidence_artifact
from drivetrain.report.sarif import fix_lines
from drivetrain.report.text_audit import severity_words
from drivetrain.words import say

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not (https://www.w3.org/TR/xml/#charsets)."""


def junit_xml(audit: Audit, threshold: Threshold = "error", mend: str = "") -> str:
    """Gives the document: what fails the command is a failure, what could not be told is skipped with its reason, everything else passes."""
    failing = {id(each) for each in audit.failing(threshold)}
    skipped = {id(each): each.says for each in audit.outcomes if each.state == "unknown"}
    skipped |= {id(each.outcome): _reason(each) for each in audit.ignored}
    answers = (*audit.outcomes, *(each.outcome for each in audit.ignored))
    counts = {"tests": str(len(answers)), "failures": str(len(failing)), "errors": "0"}
    top = Element("testsuites", {"name": "drivetrain audit", **counts})
    suite = SubElement(top, "testsuite", {"name": _clean(f"drivetrain audit {audit.prefix}"), **counts, "skipped": str(len(skipped)), "time": "0"})
    names: dict[tuple[str, str], int] = {}
    for outcome in answers:
        key = (outcome.cause, outcome.about)
        names[key] = names.get(key, 0) + 1
        again = f" ({names[key]})" if names[key] > 1 else ""
        case = SubElement(suite, "testcase", classname=_clean(f"drivetrain.{outcome.cause}"), name=_clean(outcome.about + again), time="0")
        course = _course(audit, outcome, mend)
        if id(outcome) in skipped:
            SubElement(case, "skipped", message=_clean(skipped[id(outcome)]))
        elif id(outcome) in failing:
            SubElement(case, "failure", type=outcome.severity, message=_clean(outcome.says)).text = _clean(course)
        elif outcome.state == "found":
            SubElement(case, "system-out").text = _clean(f"{severity_words()[outcome.severity]}: {outcome.says}\n{course}")
    indent(top, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _reason(ignored: Ignored) -> str:
    by = f"{ignored.by}: {ignored.why}" if ignored.why else ignored.by
    return say("does not count ({by}): {says}", by=by, says=ignored.outcome.says)


def _course(audit: Audit, outcome: Outcome, mend: str) -> str:
    """Gives evidence, fixes and sources in lines."""
    lines = ["  ".join(filter(None, (_shown(evidence_artifact(audit, each)) if each.path else "", each.text))) for each in outcome.evidence]
    lines += [*fix_lines(outcome, mend), say("more: {command}", command=f"drivetrain explain {outcome.cause}"), *outcome.sources]
    return "\n".join(lines)


def _shown(artifact: Artifact) -> str:
    return f"{artifact.path}:{artifact.line}" if artifact.line > 1 else artifact.path


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
