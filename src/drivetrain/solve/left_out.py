"""Says of the GPUs that `--gpus` leaves out that programs see them all the same, and how to hide them."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Finding
from drivetrain.model.request import Request
from drivetrain.words import say


def left_out(request: Request, machine: Machine) -> tuple[Finding, ...]:
    """Gives the finding; nothing where every NVIDIA GPU is planned for, or none is."""
    every = machine.nvidia_gpus
    if request.gpus is None or request.accelerator == "cpu":
        return ()
    kept = tuple(index for index in range(len(every)) if index in request.gpus)
    names = ", ".join(dict.fromkeys(gpu.name for index, gpu in enumerate(every) if index not in kept))
    if not names or not kept:
        return ()
    uuids = [every[index].uuid for index in kept]
    if all(uuids):
        line = f"CUDA_VISIBLE_DEVICES={','.join(each or '' for each in uuids)}"
    else:
        # CUDA counts the fastest first; nvidia-smi, and this plan, by their place on the bus.
        line = f"CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES={','.join(map(str, kept))}"
    return (Finding(cause="gpu-left-out", says=say("left out: {gpus}; programs see it all the same, so hide it from them: {line}", gpus=names, line=line)),)
