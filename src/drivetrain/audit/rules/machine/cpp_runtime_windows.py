"""The Visual C++ runtime that DLLs of a Windows environment ask for, where the system does not have it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_RUNTIME = ("msvcp140.dll", "msvcp140_1.dll", "vcruntime140.dll", "vcruntime140_1.dll")
_OPENMP = "libomp140.x86_64.dll"
_AROUND = ("torch", "tensorflow", "jaxlib", "onnxruntime", "numpy", "paddle", "cupy")


def _check(context: Context) -> Iterator[Outcome]:
    if context.environment.platform != "windows":
        yield RULE.clear("msvcp140.dll", say("not a Windows environment"))
    elif not context.environment.libraries:
        yield RULE.unknown("msvcp140.dll", say("its shared libraries were not read"))
    else:
        yield from _judged(context)


def _judged(context: Context) -> Iterator[Outcome]:
    asked: dict[str, list[Library]] = {}
    for library in context.environment.libraries:
        for name in library.linkage.needed:
            if name.lower() in (*_RUNTIME, _OPENMP):
                asked.setdefault(name.lower(), []).append(library)
    # Python itself brings vcruntime140.dll; a wheel that brings a DLL beside the one that asks is content with it.
    beside = {library.path.lower() for library in context.environment.libraries}
    lacking = {name: wanting for name, several in asked.items() if (wanting := [each for each in several if not _is_beside(name, each, beside)])}
    system = next(iter(context.named("SystemRoot")), None)
    if not lacking:
        yield RULE.clear("msvcp140.dll", say("what it needs of the Visual C++ runtime comes along"))
    elif system is None or not context.runs_here:
        yield RULE.unknown("msvcp140.dll", say("whether Windows has {names} there is not known", names=", ".join(sorted(lacking))))
    else:
        held = {name.lower() for name in system.holds}
        missing = {name: several for name, several in lacking.items() if name not in held}
        yield from (_found(name, several, system.path) for name, several in missing.items())
        if not missing:
            yield RULE.clear("msvcp140.dll", say("Windows has {names}", names=", ".join(sorted(lacking))))


def _is_beside(name: str, library: Library, paths: set[str]) -> bool:
    folder = library.path.lower().rpartition("/")[0]
    top = folder.split("/")[0]
    places = (folder, f"{top}/lib", f"{top}.libs", "../..", "../../library/bin")
    return any(f"{place}/{name}".lstrip("/") in paths for place in places)


def _found(name: str, several: list[Library], system: str) -> Outcome:
    openmp = name == _OPENMP
    about = next((top for each in several if (top := each.path.split("/")[0]) in _AROUND), several[0].name)
    says = (
        say("{about} needs {name}, which is neither with it nor in {system}: it is part of Visual Studio's tools", about=about, name=name, system=system)
        if openmp
        else say("{about} needs {name} of the Visual C++ runtime, which this Windows does not have", about=about, name=name)
    )
    install = Fix(
        says=say("install the Visual C++ runtime for Visual Studio 2015 to 2022"),
        commands=("winget install Microsoft.VCRedist.2015+.x64",),
        safety="shown",
    )
    evidence = [Evidence(path=each.path, text=say("needs {name}", name=name)) for each in several]
    evidence.append(Evidence(path=system, text=say("missing")))
    return RULE.found(about, says, evidence, (install,), cause="missing-libomp140-dll" if openmp else RULE.cause)


RULE = Rule(
    cause="msvc-runtime-missing",
    severity="error",
    check=_check,
    sources=("https://learn.microsoft.com/cpp/windows/latest-supported-vc-redist", "https://www.tensorflow.org/install/pip#windows-native"),
)
