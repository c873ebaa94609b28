"""A .pth file that adds packages from outside: those of another Python, or of another environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.deleting import deleting
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import PathFile
from drivetrain.words import say

_PACKAGES = re.compile(r"(?:^|[/\\])(?:site|dist)-packages/?$", re.IGNORECASE)
_NUMBERED = re.compile(r"python(3\.\d+)t?[/\\](?:site|dist)-packages")


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.kind == "system":
        yield RULE.clear(WHOLE, say("a system's path files are the system's own matter"))
        return
    rows = [(file, folder) for file in environment.path_files for folder in file.folders if _is_outside(folder) and _PACKAGES.search(folder)]
    for file, folder in rows:
        yield _answer(context, file, folder)
    if not rows:
        yield RULE.clear(WHOLE, say("no path file adds packages from outside"))


def _is_outside(folder: str) -> bool:
    return folder.startswith("/") or folder[1:2] == ":"


def _answer(context: Context, file: PathFile, folder: str) -> Outcome:
    theirs = _NUMBERED.search(folder)
    mine = ".".join((context.environment.python or "").split(".")[:2])
    fix = Fix(says=say("delete {paths}", paths=file.path), commands=deleting(context, file.path), safety="shown")
    evidence = (Evidence(path=file.path, text=folder),)
    if theirs is None or not mine:
        return RULE.unknown(
            file.path, say("{path} adds {folder}; of which Python its packages are is not known", path=file.path, folder=folder), evidence=evidence
        )
    if theirs[1] != mine:
        says = say("{path} adds {folder}, packages of Python {theirs}, to Python {mine}: compiled ones cannot be imported",
                   path=file.path, folder=folder, theirs=theirs[1], mine=mine)  # fmt: skip
        return RULE.found(file.path, says, evidence, (fix,))
    says = say("{path} adds {folder}: what is installed or removed there changes this environment", path=file.path, folder=folder)
    return RULE.found(file.path, says, evidence, (fix,), severity="note")


RULE = Rule(
    cause="path-file-adds-packages",
    severity="warning",
    check=_check,
    sources=("https://docs.python.org/3/library/site.html",),
)
