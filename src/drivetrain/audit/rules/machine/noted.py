"""What the probe noticed of driver and GPU that keeps the environment from computing: told once, with what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.families import families_in
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.machine import Note
from drivetrain.model.outcome import Fix, Outcome
from drivetrain.words import say

_OF_OTHERS = ("no-nvidia-driver", "cuda-visible-devices-hides-gpu", "forward-compat-on-unsupported-gpu", "wsl-driver-stub-missing", "libcuda-stub-loaded")
"""Causes that rules of their own judge."""
_WITHOUT = ("container-without-gpu", "wsl-without-gpu-support", "nouveau-active", "kernel-module-not-built-for-running-kernel")
"""Causes under which no GPU is there to be used, and everything computes on the CPU."""
_UNCERTAIN = ("probe-source-failed", "probe-sources-disagree")
_COMMANDS = {
    "driver-library-version-mismatch": ("sudo reboot",),
    "gpu-fell-off-bus": ("sudo reboot",),
    "container-without-gpu": ("docker run --gpus all ...",),
    "container-driver-lib-not-on-loader-path": ("sudo ldconfig",),
    "fabric-manager-not-running": ("sudo systemctl enable --now nvidia-fabricmanager",),
    "nvidia-uvm-device-missing": ("sudo nvidia-modprobe -u -c=0",),
    "kernel-module-not-built-for-running-kernel": ("sudo dkms autoinstall",),
    "wsl-without-gpu-support": ("wsl --update",),
}


def _check(context: Context) -> Iterator[Outcome]:
    notes = [each for each in context.machine.notes if each.cause not in _OF_OTHERS]
    if context.meant_for_cpu or not context.runs_here or not _computes_on_gpu(context):
        yield RULE.clear("GPU", say("nothing here is meant to compute on a GPU"))
        return
    for each in notes:
        yield RULE.unknown("GPU", each.says, cause=each.cause) if each.cause in _UNCERTAIN else _found(context, each)
    if not notes:
        yield RULE.clear("GPU", say("the probe noticed nothing that is wrong with driver or GPU"))


def _computes_on_gpu(context: Context) -> bool:
    return bool(families_in(context.environment)) or any(each.is_cuda_build for each in context.environment.builds)


def _found(context: Context, note: Note) -> Outcome:
    commands = _COMMANDS.get(note.cause, ())
    fix = (Fix(says=_way(note.cause), commands=commands, safety="shown"),) if commands else ()
    # Whoever makes an environment is told beside it: the machine's fault is none of the environment's.
    mild = context.plan is not None or note.cause in _WITHOUT
    return RULE.found("GPU", note.says, (), fix, cause=note.cause, severity="warning" if mild else "error")


def _way(cause: str) -> str:
    if cause == "container-without-gpu":
        return say("start the container again with the GPU")
    if cause in ("driver-library-version-mismatch", "gpu-fell-off-bus"):
        return say("restart the machine")
    return say("on the machine itself; the page says more: drivetrain explain {cause}", cause=cause)


RULE = Rule(
    cause="driver-library-version-mismatch",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html",),
)
