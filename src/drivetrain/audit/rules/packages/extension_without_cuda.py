"""Extensions of PyTorch that were compiled without CUDA beside a PyTorch with it: their operators refuse tensors of the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_KNOWN = ("torchvision", "torch-scatter", "torch-sparse", "torch-cluster", "torch-spline-conv", "mmcv", "mmcv-full", "detectron2", "pytorch3d", "nms")
"""Those whose builds for CUDA link it; torchaudio has had no code of its own for the GPU since 2.9."""
_TORCH = ("libtorch.so", "libtorch_cpu.so", "libc10.so", "torch_cpu.dll", "torch.dll", "c10.dll")
_CUDA = ("libc10_cuda", "libtorch_cuda", "libcudart", "c10_cuda", "torch_cuda", "cudart64")


def _check(context: Context) -> Iterator[Outcome]:
    facts = context.facts("torch")
    here = [one for name in _KNOWN if (one := context.environment.distribution(name)) is not None and not one.build]
    if not here or context.environment.distribution("torch") is None:
        yield RULE.clear(WHOLE, say("no extension of PyTorch with code for the GPU is here"))
    elif facts is None or facts.is_cuda_build is None:
        yield RULE.unknown("torch", say("what torch was built for is not stated in it"))
    elif not facts.is_cuda_build:
        yield RULE.clear("torch", say("torch itself is built without CUDA"))
    else:
        for one in here:
            yield _answer(context, one)


def _answer(context: Context, one: Installed) -> Outcome:
    owned = {each.path for each in one.files}
    compiled = [each for each in context.environment.libraries if each.path in owned and not each.link and _links(each, _TORCH)]
    if not compiled:
        if one.version.endswith("+cpu"):
            return _found(context, one, Evidence(path=one.path, text=f"{one.name} {one.version}"))
        return RULE.unknown(one.name, say("with what {name} {version} was compiled cannot be read from its libraries", name=one.name, version=one.version))
    if any(each.code is not None or _links(each, _CUDA) for each in compiled):
        return RULE.clear(one.name, say("{name} {version} was compiled with CUDA", name=one.name, version=one.version))
    needed = ", ".join(name for name in compiled[0].linkage.needed if "torch" in name or "c10" in name)
    return _found(context, one, Evidence(path=compiled[0].path, text=say("needs {needed}; no device code, no CUDA library", needed=needed)))


def _links(library: Library, names: tuple[str, ...]) -> bool:
    return any(needed.lower().startswith(name) for needed in library.linkage.needed for name in names)


def _found(context: Context, one: Installed, evidence: Evidence) -> Outcome:
    wanted = bool(context.gpus) and context.runs_here and not context.meant_for_cpu
    public = one.version.partition("+")[0]
    return RULE.found(
        one.name,
        say("{name} {version} was compiled without CUDA, and torch with it: its operators refuse tensors of the GPU", name=one.name, version=one.version),
        (evidence,),
        (Fix(says=say("install the build of {name} for this torch", name=one.name), edit=Edit(require=(f"{one.name}=={public}", "torch"))),),
        severity="error" if wanted else "warning",
    )


RULE = Rule(
    cause="extension-built-without-cuda",
    severity="error",
    check=_check,
    sources=("https://pytorch.org/get-started/locally/", "https://github.com/pytorch/vision/blob/main/torchvision/extension.py"),
)
