"""The toolkit's libcuda for linking, which does nothing, on the loader's path."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import taken_out
from drivetrain.model.library import Folder
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_DRIVER = "libcuda.so.1"


def _check(context: Context) -> Iterator[Outcome]:
    system = context.environment.system
    named = [each for each in (context.variable("LD_LIBRARY_PATH") or "").split(":") if _is_stubs(each)]
    folders = [each for each in system.folders if _is_stubs(each.path)] if system else []
    cached = system.cached.get(_DRIVER, "") if system else ""
    if loaded := _loaded(context, folders, cached):
        yield _found(context, folders, loaded)
    elif folders or named:
        path = folders[0].path if folders else named[0]
        yield RULE.found(
            "LD_LIBRARY_PATH",
            say("LD_LIBRARY_PATH names {path}: what asks for libcuda.so, and not for libcuda.so.1, gets a stub", path=path),
            (Evidence(path=path, text="LD_LIBRARY_PATH"),),
            (_fix(context),),
            severity="warning",
        )
    elif system is None and context.variables is None:
        yield RULE.unknown("libcuda", say("what lies outside the environment is not known: it is another machine's"))
    else:
        yield RULE.clear("libcuda", say("no folder of stubs is on the loader's path"))


def _is_stubs(path: str) -> bool:
    return path.rstrip("/").rpartition("/")[2] == "stubs"


def _loaded(context: Context, folders: list[Folder], cached: str) -> str:
    """Gives the path of a stub that bears the driver's own name where the loader takes it."""
    first = next((f"{each.path}/{_DRIVER}" for each in folders if _DRIVER in each.names), "")
    if first:
        return first
    if "/stubs/" in cached:
        return cached
    system = context.environment.system
    files = system.libraries if system else ()
    return next((each.path for each in files if each.path == cached and "/stubs/" in each.link), "")


def _found(context: Context, folders: list[Folder], loaded: str) -> Outcome:
    return RULE.found(
        "libcuda",
        say("{path} would be loaded in place of the driver's library: it is a stub, made for linking, and every call of CUDA fails", path=loaded),
        (Evidence(path=loaded, text="LD_LIBRARY_PATH" if folders else "ld.so.cache"),),
        (_fix(context) if folders else Fix(says=say("take the folder out of /etc/ld.so.conf.d"), commands=("sudo ldconfig",), safety="shown"),),
    )


def _fix(context: Context) -> Fix:
    entries = (context.variable("LD_LIBRARY_PATH") or "").split(":")
    return taken_out("stubs", (each for each in entries if each and not _is_stubs(each)))


RULE = Rule(
    cause="libcuda-stub-loaded",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",),
)
