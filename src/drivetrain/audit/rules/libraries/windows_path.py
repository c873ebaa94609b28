"""CUDA DLLs that a Windows machine has on its PATH, where Python's extension modules no longer look."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.loader.asking import is_cuda, matters
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.library import SystemLibraries
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    system = context.environment.system
    if context.environment.platform != "windows":
        yield RULE.clear(WHOLE, say("the environment is not Windows'"))
    elif not context.loader.frameworks:
        yield RULE.clear(WHOLE, say("no framework is installed"))
    elif system is None or not context.environment.libraries:
        yield RULE.unknown(WHOLE, say("which folders Windows would search is not known from here"))
    else:
        found = list(_found(context, system))
        yield from found or [RULE.clear(WHOLE, say("no DLL that is missing lies on the PATH"))]


def _found(context: Context, system: SystemLibraries) -> Iterator[Outcome]:
    for framework in context.loader.frameworks:
        missing = {one.soname.lower(): one for one in context.loader.of(framework) if one.via == "nowhere" and is_cuda(one.soname) and matters(context, one)}
        for folder in system.folders:
            held = [missing[name.lower()] for name in folder.names if name.lower() in missing and folder.why not in ("application", "System32")]
            if not held:
                continue
            yield RULE.found(
                framework.distribution,
                say("{name} lies in {folder}, and Python from 3.8 on does not look there for what {library} needs", name=held[0].soname,
                    folder=folder.path, library=held[0].by.rpartition("/")[2] or framework.title),
                [Evidence(path=f"{folder.path}/{one.soname}", text=folder.why) for one in held],
                (Fix(says=say("add the folder before the import"), commands=(f"import os; os.add_dll_directory(r'{folder.path}')",), safety="shown"),),
            )  # fmt: skip
            break


RULE = Rule(
    cause="windows-dll-search-path",
    severity="error",
    check=_check,
    sources=("https://docs.python.org/3/library/os.html#os.add_dll_directory",),
)
