"""An audit as annotations of a GitHub workflow run; source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions."""

from __future__ import annotations

from drivetrain.model.outcome import Audit, Outcome, Severity
from drivetrain.report.amounts import counted
from drivetrain.report.artifacts import artifact_of, joined
from drivetrain.report.markup import unmarked
from drivetrain.report.sarif import message_of
from drivetrain.report.text_audit import tally
from drivetrain.words import say

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}
_SHOWN = 10
"""GitHub shows ten errors and ten warnings of a step (https://docs.github.com/en/rest/checks/runs), and treats notices alike."""


def workflow_commands(audit: Audit, workspace: str = "", mend: str = "") -> list[str]:
    """Gives a workflow command for each finding, ten of a kind at most, and how much was looked at; paths are those below the workspace."""
    lines: list[str] = []
    for severity, command in _COMMANDS.items():
        found = audit.found(severity)
        shown = found if len(found) <= _SHOWN else found[: _SHOWN - 1]
        lines += [f"::{command} {_properties(audit, each, workspace)}::{escaped_message(message_of(each, mend))}" for each in shown]
        if len(found) > len(shown):
            lines.append(_rest(found[len(shown) :], command))
    return [*lines, unmarked(f"{audit.prefix}: {tally(audit)}").lstrip(":")]


def _properties(audit: Audit, outcome: Outcome, workspace: str) -> str:
    artifact = artifact_of(audit, outcome)
    properties = {"title": f"{outcome.cause}: {outcome.about}", "file": _below(joined(audit.prefix, artifact.path), workspace) if artifact.path else ""}
    if artifact.line > 1:
        properties["line"] = str(artifact.line)
    return ",".join(f"{name}={escaped_property(value)}" for name, value in properties.items() if value)


def _rest(left: tuple[Outcome, ...], command: str) -> str:
    title = say("and {count} more", count=counted(len(left)))
    listed = "\n".join(f"{each.cause}: {each.about}" for each in left)
    return f"::{command} title={escaped_property(title)}::{escaped_message(listed)}"


def _below(path: str, workspace: str) -> str:
    """Gives the path relative to the workspace, as GitHub wants it; as it is where it lies elsewhere."""
    path, folder = path.replace("\\", "/"), workspace.replace("\\", "/").rstrip("/") + "/"
    return path[len(folder) :] if workspace and path.startswith(folder) else path


def escaped_message(text: str) -> str:
    """Gives the text so that it stays one command, whatever it holds."""
    return unmarked(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def escaped_property(text: str) -> str:
    """Gives the text so that it stays one property of a command."""
    return escaped_message(text).replace(":", "%3A").replace(",", "%2C")
