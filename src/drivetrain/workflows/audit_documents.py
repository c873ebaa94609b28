"""Gives an audit as a document for another program: JSON, SARIF, annotations of a GitHub run, JUnit XML."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from drivetrain.errors import FileError
from drivetrain.model.documents import encode
from drivetrain.model.outcome import Audit, Format, Threshold
from drivetrain.words import language, say, why


class Told(Struct, frozen=True, kw_only=True):
    """An audit and what its documents tell besides."""

    audit: Audit
    prefix: Path
    """The environment's folder as it lies on disk."""
    threshold: Threshold = "error"
    mend: str = ""
    """The line that finds the smallest change which clears the findings."""


def audit_document(told: Told, form: Format) -> str:
    """Gives the document, with a newline at its end."""
    if form == "sarif":
        return _sarif(told)
    if form == "junit":
        from drivetrain.report.junit import junit_xml

        return junit_xml(told.audit, told.threshold, told.mend)
    if form == "github":
        from drivetrain.report.github_annotations import workflow_commands

        text = "".join(f"{each}\n" for each in workflow_commands(told.audit, os.environ.get("GITHUB_WORKSPACE", ""), told.mend))
        # A file name that is no UTF-8 would break the file, or the stream, that this goes to.
        return text.encode("utf-8", "replace").decode("utf-8")
    return encode(told.audit).decode()


def _sarif(told: Told) -> str:
    from drivetrain.causes import page, slugs
    from drivetrain.report.sarif import Ending, sarif_log

    answers = (*told.audit.outcomes, *(each.outcome for each in told.audit.ignored))
    pages = {cause: page(cause, language()) for cause in {each.cause for each in answers} & set(slugs())}
    code = 1 if told.audit.failing(told.threshold) else 0
    return encode(sarif_log(told.audit, pages, Ending(exit_code=code, base=f"{told.prefix.absolute().as_uri()}/", mend=told.mend))).decode()


def summarise(told: Told) -> None:
    """Adds the audit to the summary of the GitHub job that runs, where one does; raises FileError where that cannot be."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from drivetrain.report.github_summary import job_summary

    try:
        with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(job_summary(told.audit, told.mend))
    except OSError as error:
        raise FileError(say("{path} cannot be written: {reason}", path=path, reason=why(error)), say("GITHUB_STEP_SUMMARY names it")) from error
