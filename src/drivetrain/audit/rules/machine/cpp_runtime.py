"""The C++ runtime that a framework's process gets, against the versions that its libraries ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.loader.asking import answered
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.rules.machine.c_library import needed
from drivetrain.audit.variables import unset
from drivetrain.model.build import Framework
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.loading import Loaded
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_SONAME = "libstdc++.so.6"
_FILE = re.compile(r"libstdc\+\+\.so\.6\.0\.(\d+)")
"""libstdc++.so.6.0.30 gives GLIBCXX_3.4.30; source: https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html."""

_GCC = (("3.4.34", "15.1"), ("3.4.33", "14.1"), ("3.4.32", "13.2"), ("3.4.31", "13.1"), ("3.4.30", "12.1"))
"""The first gcc whose runtime gives each; same source."""


def gcc_of(version: str) -> str:
    """Gives the oldest of these gcc whose runtime gives GLIBCXX of that version; the newest for one that is newer than all."""
    return next((gcc for given, gcc in reversed(_GCC) if at_least(given, version)), _GCC[0][1])


def _check(context: Context) -> Iterator[Outcome]:
    if context.environment.platform != "linux":
        yield RULE.clear(_SONAME, say("only Linux has this runtime"))
        return
    yield from answered(RULE, context, _judged, say("the C++ runtime is what the frameworks here need, or newer"))


def _judged(context: Context, framework: Framework, answers: tuple[Loaded, ...]) -> Iterator[Outcome]:
    shelf = context.loader.shelf
    given = next((one for one in answers if one.soname == _SONAME and one.is_found), None)
    asking = [
        (one, need)
        for one in answers
        if one.is_new
        and (library := shelf.at(shelf.absolute(one.path))) is not None
        and _SONAME in library.linkage.needed
        and (need := needed(library, "GLIBCXX"))
    ]
    if given is None or not asking:
        return
    library = shelf.at(shelf.absolute(given.path))
    file = _FILE.search(shelf.file_of(library).path) or _FILE.search(library.link) if library else None
    if file is None:
        yield RULE.unknown(framework.distribution, say("which version {path} is does not stand in its name", path=given.path))
        return
    provided = f"3.4.{file[1]}"
    lacking = [(one, need) for one, need in asking if not at_least(provided, need)]
    if lacking:
        yield _found(context, framework, (given, provided), lacking)


def _found(context: Context, framework: Framework, given: tuple[Loaded, str], lacking: list[tuple[Loaded, str]]) -> Outcome:
    runtime, provided = given
    need = max((each for _, each in lacking), key=dotted)
    says = say(
        "{framework} needs GLIBCXX_{need}, the C++ runtime that is loaded ends at GLIBCXX_{provided}", framework=framework.title, need=need, provided=provided
    )
    evidence = [
        Evidence(path=runtime.path, text=f"GLIBCXX_{provided} ({runtime.via})"),
        *(Evidence(path=one.path, text=f"GLIBCXX_{each}") for one, each in lacking),
    ]
    again = Fix(says=say("plan {name} again: a release for this system", name=framework.distribution), edit=Edit(require=(framework.distribution,)))
    if runtime.via == "LD_LIBRARY_PATH":
        return RULE.found(framework.distribution, says, evidence, (unset("LD_LIBRARY_PATH"), again))
    if context.environment.kind == "conda":
        install = f"conda install -c conda-forge 'libstdcxx-ng>={gcc_of(need)}'"
        newer = Fix(says=say("install a newer C++ runtime into the environment"), commands=(install,), safety="shown")
        return RULE.found(framework.distribution, says, evidence, (newer, again))
    return RULE.found(framework.distribution, says, evidence, (again,), severity="error" if any(one.when == "import" for one, _ in lacking) else "warning")


RULE = Rule(
    cause="libstdcxx-too-old",
    severity="error",
    check=_check,
    sources=("https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html",),
)
