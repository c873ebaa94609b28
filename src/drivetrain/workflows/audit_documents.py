"""Gives an audit as a document for another program: JSON, SARIF, annotations of a GitHub run, JUnit XML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from drivetrain.errors import FileError
from drivetrain.model.documents import encode
from drivetrain.model.outcome import Audit, Threshold
from drivetrain.words import language, say, why

Format = Literal["text", "json", "sarif", "github", "junit"]
FORMATS: tuple[Format, ...] = ("text", "json", "sarif", "github", "junit")


def audit_document(audit: Audit, form: Format, prefix: Path, threshold: Threshold) -> str:
    """Gives the document, with a newline at its end; `prefix` is the environment's folder as it lies on disk."""
    if form == "sarif":
        return _sarif(audit, prefix, 1 if audit.failing(threshold) else 0)
    if form == "junit":
        from drivetrain.report.junit import junit_xml

        return junit_xml(audit, threshold)
    if form == "github":
        from drivetrain.report.github_annotations import workflow_commands

        text = "".join(f"{each}\n" for each in workflow_commands(audit, os.environ.get("GITHUB_WORKSPACE", "")))
        # A file name that is no UTF-8 would break the file, or the stream, that this goes to.
        return text.encode("utf-8", "replace").decode("utf-8")
    return encode(audit).decode()


def _sarif(audit: Audit, prefix: Path, exit_code: int) -> str:
    from drivetrain.causes import page, slugs
    from drivetrain.report.sarif import Ending, sarif_log

    known = set(slugs())
    pages = {cause: page(cause, language()) for cause in {each.cause for each in audit.outcomes} if cause in known}
    return encode(sarif_log(audit, pages, Ending(exit_code=exit_code, base=f"{prefix.absolute().as_uri()}/"))).decode()


def summarise(audit: Audit) -> None:
    """Adds the audit to the summary of the GitHub job that runs, where one does; raises FileError where that cannot be."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from drivetrain.report.github_summary import job_summary

    try:
        with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(job_summary(audit))
    except OSError as error:
        raise FileError(say("{path} cannot be written: {reason}", path=path, reason=why(error)), say("GITHUB_STEP_SUMMARY names it")) from error
