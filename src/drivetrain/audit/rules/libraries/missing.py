"""A library that a framework loads and that is found nowhere, told apart by what lies around: another major, a folder that is not searched, nothing."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from drivetrain.audit.loader.asking import answered, is_cuda, is_further, is_of_toolkit, major_of, matters, stem_of
from drivetrain.audit.loader.reading import is_of_driver
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.build import Framework
from drivetrain.model.library import Library
from drivetrain.model.loading import Loaded
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_SYSTEM_PACKAGES = {
    "libgomp.so.1": "libgomp1",
    "libGL.so.1": "libgl1",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libgfortran.so.5": "libgfortran5",
}
"""Debian's and Ubuntu's packages, as `dpkg -S` names them."""

_PRELOAD = "https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html#preload-dlls"


class _Missing(NamedTuple):
    """A name that is found nowhere, the files of that name where nobody looks, and those of another major."""

    asked: Loaded
    elsewhere: list[Library]
    others: list[Library]


def _check(context: Context) -> Iterator[Outcome]:
    answers = list(answered(RULE, context, _judged, say("every library that the frameworks here load is found")))
    for each in answers:
        # Frameworks open NVIDIA's wheels along sys.path, and here it leads out of what was read.
        yield RULE.unknown(each.about, each.says, cause=each.cause, evidence=each.evidence) if each.state == "found" and _sees_more(context) else each


def _sees_more(context: Context) -> bool:
    """Tells whether its Python sees packages that lie outside the environment."""
    environment = context.environment
    user = environment.user_site
    return (
        environment.inherits
        or bool(user and user.visible is not False and user.installed)
        or any(each.startswith("/") for one in environment.path_files for each in one.folders)
    )


def _judged(context: Context, framework: Framework, answers: tuple[Loaded, ...]) -> Iterator[Outcome]:
    missing = [one for one in answers if one.via == "nowhere" and not one.optional and not is_of_driver(one.soname)]
    missing = list({one.soname: one for one in missing if matters(context, one)}.values())
    cuda = [one for one in missing if is_cuda(one.soname)]
    none_found = len(cuda) > 1 and not any(one.is_found and is_cuda(one.soname) for one in answers)
    if none_found and all(one.when == "gpu" and not _lying(context, one.soname)[0] for one in cuda):
        # A build whose CUDA libraries were never installed: the rule of CPU builds says it.
        missing = [one for one in missing if one not in cuda]
    causes: dict[str, list[_Missing]] = {}
    for one in missing:
        elsewhere, others = _lying(context, one.soname)
        cause = _cause(framework, one, elsewhere, others, answers)
        causes.setdefault(cause, []).append(_Missing(one, elsewhere, others))
    for cause, several in causes.items():
        yield _found(context, framework, cause, several)


def _found(context: Context, framework: Framework, cause: str, several: list[_Missing]) -> Outcome:
    first, names = several[0], ", ".join(each.asked.soname for each in several)
    asker = first.asked.by.rpartition("/")[2] or framework.title
    says = say("{asker} loads {name}, which is found nowhere", asker=asker, name=names)
    if first.elsewhere:
        says = say("{asker} loads {name}, which lies in {path}, where the loader does not look", asker=asker, name=names, path=_folder(first.elsewhere[0]))
    elif first.others:
        says = say("{asker} loads {name}; here is {other}", asker=asker, name=names, other=", ".join(sorted({each.name for each in first.others})))
    evidence = [Evidence(path=each.asked.by or None, text=say("needs {name}", name=each.asked.soname)) for each in several]
    evidence += [Evidence(path=each.path, text=say("not searched")) for each in first.elsewhere[:3]]
    evidence += [Evidence(path=each.path, text=say("another version")) for each in first.others[:3] if not first.elsewhere]
    evidence += [Evidence(path=each, text="LD_LIBRARY_PATH") for each in _searched(context)]
    if framework.name == "onnxruntime" and all(each.elsewhere and not each.elsewhere[0].path.startswith("/") for each in several):
        # Its own wheels lie beside it, and the program is meant to load them first: an error only for one that does not.
        return RULE.found(framework.distribution, says, evidence, (_preload(),), cause=cause, severity="note", sources=(_PRELOAD,))
    return RULE.found(framework.distribution, says, evidence, _fixes(context, framework, first.asked, first.elsewhere), cause=cause)


def _preload() -> Fix:
    return Fix(
        says=say("load them before the first session, or import a framework before that brings them"),
        commands=("import onnxruntime; onnxruntime.preload_dlls()",),
        safety="shown",
    )


def _cause(framework: Framework, one: Loaded, elsewhere: list[Library], others: list[Library], answers: tuple[Loaded, ...]) -> str:
    if stem_of(one.soname).startswith("libcudnn"):
        if others and framework.name == "onnxruntime":
            return "onnxruntime-cudnn-major-mismatch"
        return "cuda-library-not-on-loader-path" if elsewhere else "cudnn-major-version-mismatch" if others else "cudnn-not-found"
    if not is_cuda(one.soname):
        return "system-library-missing"
    if elsewhere:
        return "cuda-library-not-on-loader-path"
    if one.by.rpartition("/")[2].startswith("libcudnn"):
        return "cudnn-built-for-other-cuda-major"
    if others:
        return "cuda-major-differs-from-build"
    if is_further(one.soname):
        return "extra-nvidia-library-missing"
    partial = any(each.is_found and is_of_toolkit(each.soname) for each in answers)
    return "cuda-toolkit-partial-install" if partial else "pip-cuda-wheels-missing"


def _lying(context: Context, soname: str) -> tuple[list[Library], list[Library]]:
    """Gives the files of that name that lie where nobody looks, and those of another major."""
    every = (*context.environment.libraries, *(context.environment.system.libraries if context.environment.system else ()))
    near = [each for each in every if stem_of(each.name) == stem_of(soname) and "/stubs/" not in each.path]
    same = [each for each in near if soname in (each.name, each.linkage.soname)]
    return same, [each for each in near if each not in same and major_of(each.name) not in (None, major_of(soname))]


def _folder(library: Library) -> str:
    return library.path.rpartition("/")[0] or "."


def _searched(context: Context) -> list[str]:
    system = context.environment.system
    return [each.path for each in system.folders if each.why == "LD_LIBRARY_PATH"] if system else []


def _fixes(context: Context, framework: Framework, one: Loaded, elsewhere: list[Library]) -> Iterator[Fix]:
    if elsewhere and elsewhere[0].path.startswith("/"):
        folder = _folder(elsewhere[0])
        yield Fix(
            says=say("let the loader look in {folder}", folder=folder),
            commands=(f"export LD_LIBRARY_PATH={quote(folder)}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}",),
            safety="shown",
        )
    elif is_cuda(one.soname):
        yield Fix(
            says=say("plan {frameworks} again: with the libraries it was built for", frameworks=framework.distribution),
            edit=Edit(require=(framework.distribution,)),
        )
    elif package := _SYSTEM_PACKAGES.get(one.soname):
        debian = context.machine.os.distribution in ("debian", "ubuntu")
        yield Fix(
            says=say("install the system's package of {name}", name=one.soname), commands=(f"sudo apt-get install {package}",) if debian else (), safety="shown"
        )


RULE = Rule(
    cause="cuda-library-not-on-loader-path",
    severity="error",
    check=_check,
    sources=("https://man7.org/linux/man-pages/man8/ld.so.8.html",),
)
