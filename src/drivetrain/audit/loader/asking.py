"""What the rules that rest on the loader share: whether it can be asked, about which frameworks, and what a library's name says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.build import Framework
from drivetrain.model.dotted import at_least, is_dotted
from drivetrain.model.loading import Loaded
from drivetrain.model.outcome import Outcome
from drivetrain.words import say

_ELF = re.compile(r"(lib[^/]+?)\.so(?:\.(\d+))?")
_DLL = re.compile(r"([a-z_]+?)(?:64)?_(\d+)\.dll", re.IGNORECASE)
_TOOLKIT = (
    *("libcudart", "libcublas", "libcublasLt", "libcufft", "libcurand", "libcusolver", "libcusparse", "libnvrtc", "libnvJitLink"),
    *("libcupti", "libnvToolsExt", "libcufile", "libnvrtc-builtins"),
)
_FURTHER = ("libcusparseLt", "libcudss", "libnvshmem_host", "libnccl", "libcutensor", "libcufile")
Judge = Callable[[Context, Framework, tuple[Loaded, ...]], Iterable[Outcome]]


def untold(context: Context) -> str:
    """Gives why the loader cannot be asked; empty where it can."""
    if not context.loader.frameworks:
        return ""
    if not context.environment.libraries:
        return say("its shared libraries were not read")
    if not context.loader.is_known:
        return say("how this system loads libraries is not simulated")
    return say("what lies outside the environment is not known: it is another machine's") if context.environment.system is None else ""


def answered(rule: Rule, context: Context, judge: Judge, clear: str) -> Iterator[Outcome]:
    """Gives a judge's findings about each framework; or that it cannot be told; or `clear`."""
    if reason := untold(context):
        yield rule.unknown(WHOLE, reason)
        return
    found = [outcome for each in context.loader.frameworks for outcome in judge(context, each, context.loader.of(each))]
    yield from found or [rule.clear(WHOLE, clear if context.loader.frameworks else say("no framework is installed"))]


def matters(context: Context, one: Loaded) -> bool:
    """Tells whether somebody would miss it: what an import needs always, what the GPU needs where one is to be used."""
    return one.when == "import" or (bool(context.gpus) and context.runs_here and context.accelerator not in ("cpu", "mps"))


@cache
def stem_of(name: str) -> str:
    """Gives "libcublas" of libcublas.so.12 and of cublas64_12.dll."""
    file = name.replace("\\", "/").rpartition("/")[2]
    if found := _ELF.match(file):
        return found[1]
    dll = _DLL.fullmatch(file)
    return f"lib{dll[1]}" if dll else file.partition(".")[0]


@cache
def major_of(name: str) -> int | None:
    """Gives 12 of libcublas.so.12 and of cublas64_12.dll; None where the name has no number."""
    file = name.replace("\\", "/").rpartition("/")[2]
    found = _ELF.match(file) or _DLL.fullmatch(file)
    return int(found[2]) if found and found[2] else None


def is_of_toolkit(name: str) -> bool:
    """Tells whether a library is part of the CUDA toolkit."""
    return stem_of(name) in _TOOLKIT


def is_further(name: str) -> bool:
    """Tells whether a library is NVIDIA's and comes on its own, not with the toolkit."""
    return stem_of(name) in _FURTHER


def is_cuda(name: str) -> bool:
    """Tells whether a library is one of NVIDIA's for computing."""
    return is_of_toolkit(name) or is_further(name) or stem_of(name).startswith("libcudnn")


def is_older(version: str, than: str) -> bool | None:
    """Tells whether a version comes before another in its first two numbers; None where they cannot be compared."""
    mine, other = (".".join(each.split(".")[:2]) for each in (version, than))
    return not at_least(mine, other) if is_dotted(mine) and is_dotted(other) else None
