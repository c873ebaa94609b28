"""A CUDA compiler that is older than the GPU, where something is compiled for it; and a list of targets without it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.toolkits import compiler_version, compiling
from drivetrain.audit.variables import shown, unset
from drivetrain.catalogue.gpus import architectures
from drivetrain.catalogue.relations.device_code import ptx_runs_on, sass_runs_on
from drivetrain.model.dotted import at_least, minor
from drivetrain.model.machine import Gpu
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_LIST = "TORCH_CUDA_ARCH_LIST"
_TARGET = re.compile(r"(\d+)\.(\d)([af]?)(\+PTX)?")


def _check(context: Context) -> Iterator[Outcome]:
    facts = context.facts("torch")
    if facts is None or not facts.is_cuda_build or not context.gpus or not context.runs_here:
        yield RULE.clear("nvcc", say("nothing here compiles for a GPU of this machine"))
        return
    yield from _compilers(context)
    yield from _lists(context)


def _compilers(context: Context) -> Iterator[Outcome]:
    toolkit = compiler_version(context)
    if toolkit is None:
        yield (
            RULE.clear("nvcc", say("no CUDA toolkit is on this machine"))
            if not context.machine.toolkits
            else RULE.unknown("nvcc", say("which of the CUDA toolkits compiles is not known"))
        )
        return
    path, version = toolkit
    firsts = {each.compute_capability: each.cuda_first for each in architectures()}
    old = [gpu for gpu in context.gpus if (first := firsts.get(gpu.compute_capability or "")) and not at_least(minor(version), first)]
    if not old:
        yield RULE.clear("nvcc", say("CUDA {version} in {path} knows every GPU of this machine", version=version, path=path))
    for gpu in old[:1]:
        first = firsts[gpu.compute_capability or ""]
        says = say("nvcc of CUDA {version} does not know {gpu}: CUDA {first} is the first that does", version=minor(version), gpu=gpu.name, first=first)
        yield RULE.found(
            "nvcc",
            says,
            (Evidence(path=path, text=f"CUDA {version}"), Evidence(text=f"{gpu.name}: {gpu.compute_capability}")),
            (Fix(says=say("install the CUDA {cuda} toolkit beside it", cuda=first), safety="shown"),),
            severity="warning" if compiling(context) else "note",
        )


def _lists(context: Context) -> Iterator[Outcome]:
    value = context.variable(_LIST)
    if not value:
        yield RULE.clear(_LIST, say("{name} is not set", name=_LIST))
        return
    targets = [each for each in re.split(r"[;,\s]+", value) if each]
    read = [found for each in targets if (found := _TARGET.fullmatch(each))]
    if len(read) != len(targets):
        yield RULE.unknown(_LIST, say("{name}={value} names targets that are not numbers", name=_LIST, value=value))
        return
    lacking = [gpu for gpu in context.gpus if gpu.compute_capability and not any(_serves(each, gpu) for each in read)]
    if not lacking:
        yield RULE.clear(_LIST, say("{name} includes every GPU of this machine", name=_LIST))
        return
    says = say("{name}={value} leaves {gpu} out: what is compiled with it does not run there", name=_LIST, value=value, gpu=lacking[0].name)
    evidence = (shown(_LIST, context), Evidence(text=f"{lacking[0].name}: {lacking[0].compute_capability}"))
    yield RULE.found(_LIST, says, evidence, (unset(_LIST),), cause="arch-list-lacks-gpu", severity="warning" if compiling(context) else "note")


def _serves(target: re.Match[str], gpu: Gpu) -> bool:
    number, capability = f"{target[1]}{target[2]}{target[3]}", gpu.compute_capability or ""
    return sass_runs_on(f"sm_{number}", capability) or bool(target[4] and ptx_runs_on(f"compute_{number}", capability))


RULE = Rule(
    cause="nvcc-too-old-for-gpu-arch",
    severity="warning",
    check=_check,
    sources=(
        "https://docs.nvidia.com/cuda/cuda-compiler-driver-nvcc/index.html#gpu-compilation",
        "https://docs.pytorch.org/docs/stable/cpp_extension.html",
    ),
)
