"""CUDA_HOME for what compiles kernels at run time: unset where it is needed, naming no toolkit, or another CUDA than torch's."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.toolkits import compiling, found_compiler, variable_of
from drivetrain.audit.variables import not_told, set_to, shown, unset
from drivetrain.model.dotted import minor
from drivetrain.model.machine import NamedFolder, Toolkit
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_NAME = "CUDA_HOME"


def _check(context: Context) -> Iterator[Outcome]:
    torch = context.facts("torch")
    if torch is None or not torch.is_cuda_build:
        yield RULE.clear(_NAME, say("nothing here compiles with a CUDA toolkit"))
    elif context.variables is None:
        yield not_told(RULE, context, _NAME)
    elif (name := variable_of(context)) is None:
        yield _unset(context)
    else:
        yield _set(context, name, torch.cuda)


def _set(context: Context, name: str, cuda: str | None) -> Outcome:
    folder = next((each for each in context.named(name) if each.path == context.variable(name)), None)
    evidence, compilers = shown(name, context), compiling(context)
    if folder is None:
        return RULE.unknown(name, say("whether {paths} exists is not known", paths=context.variable(name) or ""), evidence=[evidence])
    if not folder.exists or not {"bin/nvcc", "bin/nvcc.exe"} & set(folder.holds):
        return _no_toolkit(context, name, folder)
    version = next((each.version for each in context.machine.toolkits if each.path.rstrip("/") == folder.path.rstrip("/")), None)
    if version is None or cuda is None:
        return RULE.unknown(name, say("which CUDA lies in {path} is not known", path=folder.path), evidence=[evidence])
    if version.split(".")[0] == cuda.split(".")[0]:
        return RULE.clear(name, say("{path} is of the CUDA that torch was built with", path=folder.path))
    says = say(
        "{path} is CUDA {version}, torch was built with CUDA {cuda}: extensions compiled here are refused", path=folder.path, version=minor(version), cuda=cuda
    )
    same = _fitting(context)
    install = Fix(says=say("install the CUDA {cuda} toolkit beside it", cuda=minor(cuda)), safety="shown")
    fixes = (set_to(name, same[0].path, safety="safe"),) if same else (install, unset(name))
    return RULE.found(
        name, says, (evidence, Evidence(text=f"torch: CUDA {cuda}")), fixes, cause="nvcc-differs-from-torch-cuda", severity="warning" if compilers else "note"
    )


def _no_toolkit(context: Context, name: str, folder: NamedFolder) -> Outcome:
    says = (
        say("{name} names {path}, which does not exist: what compiles for the GPU looks there and nowhere else", name=name, path=folder.path)
        if not folder.exists
        else say("{name} names {path}, which holds no nvcc: what compiles for the GPU looks there and nowhere else", name=name, path=folder.path)
    )
    toolkits = [each for each in context.machine.toolkits if each.path != folder.path]
    return RULE.found(
        name,
        says,
        [shown(name, context), *(Evidence(path=each.path, text=f"CUDA {each.version}") for each in toolkits)],
        [*(set_to(name, each.path, safety="safe") for each in _fitting(context)[:1]), unset(name)],
        severity="warning" if compiling(context) or not folder.exists else "note",
    )


def _unset(context: Context) -> Outcome:
    compilers = compiling(context)
    if not compilers:
        return RULE.clear(_NAME, say("nothing here compiles with a CUDA toolkit"))
    names = ", ".join(one.name for one in compilers)
    evidence = [Evidence(path=one.path, text=f"{one.name} {one.version}") for one in compilers]
    if (found := found_compiler(context)) is not None:
        return RULE.clear(_NAME, say("{names} find the compiler in {path}", names=names, path=found))
    toolkits = context.machine.toolkits
    if not toolkits:
        return _missing(context, names, evidence)
    first = (_fitting(context) or toolkits)[0]
    says = say("{names} compile for the GPU at run time and look for CUDA_HOME, which is not set; a toolkit lies in {path}", names=names, path=first.path)
    evidence += [Evidence(path=each.path, text=f"CUDA {each.version}") for each in toolkits]
    return RULE.found(_NAME, says, evidence, (set_to(_NAME, first.path, safety="safe" if _fitting(context) else "shown"),))


def _fitting(context: Context) -> list[Toolkit]:
    """Gives the toolkits of the CUDA that torch was built with; all of them where that is not known."""
    facts, toolkits = context.facts("torch"), list(context.machine.toolkits)
    if facts is None or not facts.cuda:
        return toolkits
    return [each for each in toolkits if each.version.split(".")[0] == facts.cuda.split(".")[0]]


def _missing(context: Context, names: str, evidence: list[Evidence]) -> Outcome:
    facts = context.facts("torch")
    cuda = minor(facts.cuda) if facts is not None and facts.cuda else ""
    says = say("{names} compile for the GPU at run time, and no CUDA toolkit is on this machine", names=names)
    install = Fix(says=say("install the CUDA {cuda} toolkit: the driver alone has no compiler", cuda=cuda), safety="shown")
    return RULE.found(_NAME, says, evidence, (install,), cause="cuda-toolkit-missing-for-build")


RULE = Rule(
    cause="cuda-home-not-set",
    severity="warning",
    check=_check,
    sources=("https://docs.pytorch.org/docs/stable/cpp_extension.html",),
)
