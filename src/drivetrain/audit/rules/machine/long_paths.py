"""Files of a Windows environment whose path is longer than Windows takes by default: installing them fails or leaves them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_MOST = 259
"""MAX_PATH is 260 with the zero at its end."""
_ENABLE = r"reg add HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled /t REG_DWORD /d 1 /f"


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.platform != "windows":
        yield RULE.clear(WHOLE, say("not a Windows environment"))
        return
    if not re.match(r"[A-Za-z]:[\\/]", environment.site_packages):
        yield RULE.unknown(WHOLE, say("where it lies on Windows is not known"))
        return
    longest = len(environment.site_packages) + 1
    long = [(one, file.path) for one in environment.installed for file in one.files if longest + len(file.path) > _MOST]
    lost = [(one, path) for one, path in long if any(each.path == path and each.size_bytes is None for each in one.damaged)]
    if lost:
        yield _found(context, lost)
    elif long:
        yield RULE.clear(WHOLE, say("{count} paths are longer than {most} characters, and the files are there", count=len(long), most=_MOST))
    else:
        yield RULE.clear(WHOLE, say("no path is longer than {most} characters", most=_MOST))


def _found(context: Context, lost: list[tuple[Installed, str]]) -> Outcome:
    one, path = lost[0]
    whole = f"{context.environment.site_packages}\\{path}".replace("/", "\\")
    says = say(
        "{name} {version}: {count} files with paths longer than {most} characters are missing: Windows refused them",
        name=one.name, version=one.version, count=len(lost), most=_MOST,
    )  # fmt: skip
    evidence = [Evidence(path=each, text=say("missing")) for _, each in lost]
    return RULE.found(
        one.name,
        says,
        [Evidence(path=whole, text=say("{count} characters", count=len(whole))), *evidence],
        (
            Fix(says=say("turn long paths on as administrator, then install again"), commands=(_ENABLE,), safety="shown"),
            Fix(says=say("or make the environment in a short folder, such as C:\\venv"), safety="shown"),
        ),
    )


RULE = Rule(
    cause="windows-long-path-limit",
    severity="error",
    check=_check,
    sources=("https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation",),
)
