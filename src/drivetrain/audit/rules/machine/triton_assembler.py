"""The ptxas inside Triton against the GPU: torch.compile fails where it is older than the GPU, and everything else works."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from drivetrain.audit.rule import Context, Rule
from drivetrain.catalogue.gpus import architectures
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.environment import Installed
from drivetrain.model.machine import Gpu
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_NAMES = ("triton", "pytorch-triton")
_SINCE = (
    ("2.0", "12.0", "12.0"),
    ("2.1", "12.1", "12.1"),
    ("2.2", "12.3", "12.3"),
    ("3.0", "12.4", "12.4"),
    ("3.3", "12.4", "12.8"),
    ("3.4", "12.8", "12.8"),
    ("3.6", "12.8", "12.9"),
    ("3.7", "12.8", "13.1"),
)
"""Triton's release, the CUDA of its ptxas, and that of ptxas-blackwell; read from the wheels 2.0.0 to 3.7.0 on 2026-11-24."""
_BLACKWELL = "10.0"


def _check(context: Context) -> Iterator[Outcome]:
    triton = context.first(*_NAMES)
    if triton is None or not context.gpus or context.meant_for_cpu or not context.runs_here:
        yield RULE.clear("triton", say("{name} is not installed", name="triton") if triton is None else say("nothing here is meant to compute on a GPU"))
        return
    if triton.installer == "conda" or context.variable("TRITON_PTXAS_PATH"):
        yield RULE.unknown("triton", say("which ptxas this Triton takes is not known"))
        return
    for gpu in context.gpus:
        yield _judged(triton, gpu)


def _judged(triton: Installed, gpu: Gpu) -> Outcome:
    capability = gpu.compute_capability
    first = next((each.cuda_first for each in architectures() if each.compute_capability == capability), None)
    assembler = _assembler(triton.version, capability) if capability else None
    if first is None or assembler is None:
        return RULE.unknown("triton", say("whether triton {version} compiles for {gpu} is not known", version=triton.version, gpu=gpu.name))
    cuda, newest = assembler
    if at_least(cuda, first):
        return RULE.clear("triton", say("the ptxas of triton {version} knows {gpu}", version=triton.version, gpu=gpu.name))
    if newest:
        return RULE.unknown("triton", say("whether triton {version} compiles for {gpu} is not known", version=triton.version, gpu=gpu.name))
    says = say(
        "the ptxas of triton {version} is of CUDA {cuda} and does not know {gpu}, which needs {first}: torch.compile fails, the rest works",
        version=triton.version, cuda=cuda, gpu=gpu.name, first=first,
    )  # fmt: skip
    evidence = (Evidence(path=triton.path, text=f"{triton.name} {triton.version}"), Evidence(text=f"{gpu.name}: {capability}"))
    return RULE.found("triton", says, evidence, (Fix(says=say("plan torch again: a release with a newer Triton"), edit=Edit(require=("torch",))),))


def _assembler(version: str, capability: str) -> tuple[str, bool] | None:
    """Gives the CUDA of the ptxas that is used for a capability, and whether the release is newer than all that were read."""
    try:
        mine = Version(version)
    except InvalidVersion:
        return None
    rows = [row for row in _SINCE if Version(row[0]) <= mine]
    if not rows:
        return None
    _, cuda, blackwell = rows[-1]
    return blackwell if at_least(capability, _BLACKWELL) else cuda, mine.release[:2] > dotted(_SINCE[-1][0])


RULE = Rule(
    cause="ptxas-missing-or-old",
    severity="warning",
    check=_check,
    sources=("https://github.com/triton-lang/triton/blob/main/cmake/nvidia-toolchain-version.json",),
)
