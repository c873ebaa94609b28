"""Says where sources that answered contradict each other: GPUs that one lists and another does not, CUDA that does not start under a driver that works."""

from __future__ import annotations

from collections.abc import Callable

from drivetrain.formats.nvidia_smi import lost_of
from drivetrain.model.machine import Note
from drivetrain.probe.sight import CUDA_MISMATCH, CUDA_NO_DEVICE, NVML_GPU_LOST, Sight
from drivetrain.words import say

DISAGREE = "probe-sources-disagree"
CUDA_CAUSES = {
    34: "libcuda-stub-loaded",
    802: "fabric-manager-not-running",
    804: "forward-compat-on-unsupported-gpu",
    CUDA_MISMATCH: "driver-library-version-mismatch",
}
"""What cuInit returns, where the number alone names the cause; source: CUDA driver API, CUresult."""


def contradictions(sight: Sight) -> tuple[Note, ...]:
    return tuple(note for note in (rule(sight) for rule in RULES) if note)


def _gpu_lost(sight: Sight) -> Note | None:
    lost = [str(index) for index, each in enumerate(sight.nvml.get("gpus", [])) if each.get("code") == NVML_GPU_LOST] or lost_of(sight.smi_text)
    if not lost:
        return None
    return Note(
        cause="gpu-fell-off-bus", says=say("GPU {index} no longer answers the driver: restart the machine, then check power and seating", index=", ".join(lost))
    )


def _not_answering(sight: Sight) -> Note | None:
    """A GPU on the bus that a working driver does not list: too old for this driver, or lost."""
    silent = [gpu for gpu in sight.gpus if gpu.vendor == "nvidia" and gpu.driver_bound is not True]
    if not sight.lister or not silent or _gpu_lost(sight) or sight.container:
        return None
    return Note(
        cause=DISAGREE,
        says=say(
            "{gpus} is on the PCI bus, but driver {version} does not list it",
            gpus=", ".join(gpu.name for gpu in silent),
            version=sight.lister,
        ),
    )


def _hidden(sight: Sight) -> Note | None:
    value = sight.variables.get("CUDA_VISIBLE_DEVICES")
    known, shown = sight.listed, len(sight.libcuda.get("gpus", []))
    if value is None or shown >= known or sight.libcuda.get("init") not in (0, CUDA_NO_DEVICE):
        return None
    return Note(
        cause="cuda-visible-devices-hides-gpu",
        says=say("CUDA_VISIBLE_DEVICES={value} shows {shown} of {known} GPUs to programs", value=value or '""', shown=shown, known=known),
    )


def _cuda_refuses(sight: Sight) -> Note | None:
    code = sight.libcuda.get("init")
    if not code or code == CUDA_MISMATCH or not sight.listed or _hidden(sight):
        return None
    if code in CUDA_CAUSES:
        return Note(cause=CUDA_CAUSES[code], says=say("the driver lists the GPUs, but CUDA does not start: cuInit returns {code}", code=code))
    if sight.devices and "nvidia-uvm" not in sight.seen.get("devices", []) and not sight.wsl:
        return Note(cause="nvidia-uvm-device-missing", says=say("the driver lists the GPUs, but /dev/nvidia-uvm is missing, so CUDA does not start"))
    return Note(cause=DISAGREE, says=say("the driver lists {count} GPUs, but CUDA does not start: cuInit returns {code}", count=sight.listed, code=code))


def _ceilings(sight: Sight) -> Note | None:
    ours, theirs = sight.nvml.get("cuda"), sight.libcuda.get("cuda")
    if not ours or not theirs or ours == theirs:
        return None
    return Note(
        cause=DISAGREE,
        says=say(
            "NVML says that this driver serves CUDA {ours}, the libcuda that the loader finds says {theirs} ({path})",
            ours=f"{ours // 1000}.{ours % 1000 // 10}",
            theirs=f"{theirs // 1000}.{theirs % 1000 // 10}",
            path=sight.libcuda.get("path") or "libcuda.so.1",
        ),
    )


RULES: tuple[Callable[[Sight], Note | None], ...] = (_gpu_lost, _not_answering, _hidden, _cuda_refuses, _ceilings)
