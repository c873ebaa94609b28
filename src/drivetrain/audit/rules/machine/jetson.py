"""torch on a Jetson: a wheel for servers, or one for another JetPack."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_CAPABILITIES = ("5.3", "6.2", "7.2", "8.7")
"""Nano and TX1, TX2, Xavier, Orin: chips that no other product has."""
_OF_KERNEL = {"4.9": ("4", "10.2"), "5.10": ("5", "11.4"), "5.15": ("6", "12")}
"""Kernel, JetPack and its CUDA; source: https://developer.nvidia.com/embedded/jetpack-archive."""


def _check(context: Context) -> Iterator[Outcome]:
    torch, facts = context.environment.distribution("torch"), context.facts("torch")
    if not _is_jetson(context) or torch is None or not context.runs_here:
        yield RULE.clear("torch", say("this is no Jetson with torch"))
    elif facts is None or context.meant_for_cpu:
        yield (
            RULE.clear("torch", say("planned for the CPU"))
            if context.meant_for_cpu
            else RULE.unknown("torch", say("what torch {version} was built for is not stated in it", version=torch.version))
        )
    else:
        yield _judged(context, torch, facts)


def _is_jetson(context: Context) -> bool:
    machine = context.machine
    return machine.arch == "aarch64" and ("tegra" in (machine.os.kernel or "") or any(gpu.compute_capability in _CAPABILITIES for gpu in context.gpus))


def _judged(context: Context, torch: Installed, facts: BuildFacts) -> Outcome:
    kernel = ".".join((context.machine.os.kernel or "").split(".")[:2])
    jetpack, cuda = _OF_KERNEL.get(kernel, (None, None))
    evidence = (Evidence(path=facts.source, text=f"torch {torch.version}: CUDA {facts.cuda or '-'}"), Evidence(text=context.machine.os.kernel or ""))
    install = Fix(says=say("install the torch wheel that NVIDIA publishes for JetPack {jetpack}", jetpack=jetpack or say("of this Jetson")), safety="shown")
    if not facts.is_cuda_build:
        says = say("torch {version} is the wheel for servers without a GPU; on a Jetson it computes on the CPU", version=torch.version)
        return RULE.found("torch", says, evidence, (install,))
    if cuda is None or facts.cuda is None or not _is_of_nvidia(torch):
        return RULE.unknown("torch", say("which JetPack torch {version} was built for is not known", version=torch.version), evidence=evidence)
    mine, theirs = (int(each.partition(".")[0]) for each in (cuda, facts.cuda))
    if theirs < mine or (theirs > mine and jetpack == "4"):
        says = say(
            "torch {version} is built for CUDA {cuda}, JetPack {jetpack} has CUDA {own}", version=torch.version, cuda=facts.cuda, jetpack=jetpack, own=cuda
        )
        return RULE.found("torch", says, evidence, (install,), cause="wheel-for-other-jetpack")
    return RULE.clear("torch", say("torch {version} fits JetPack {jetpack}", version=torch.version, jetpack=jetpack))


def _is_of_nvidia(torch: Installed) -> bool:
    """NVIDIA's own wheels are tagged for any Linux, those of the index for a manylinux."""
    return ".nv" in torch.version or "+nv" in torch.version or any(tag.endswith("-linux_aarch64") for tag in torch.tags)


RULE = Rule(
    cause="generic-wheel-on-jetson",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/deeplearning/frameworks/install-pytorch-jetson-platform/index.html",),
)
