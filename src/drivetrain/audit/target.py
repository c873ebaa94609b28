"""Gives the target that an environment must run on: what the relations ask of a machine."""

from __future__ import annotations

from drivetrain.model.build import Target
from drivetrain.model.dotted import is_dotted
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Gpu, Machine


def target_of(machine: Machine, environment: Environment, gpus: tuple[Gpu, ...]) -> Target:
    """Gives the machine as the relations see it, with the environment's own operating system."""
    known = [gpu for gpu in gpus if gpu.compute_capability]
    return Target(
        os=environment.platform,
        wsl=machine.os.wsl is not None,
        arch=machine.arch,
        release=machine.os.release,
        # Where libcuda alone answers, the driver has no number, only its ceiling.
        driver=machine.driver.version if machine.driver and is_dotted(machine.driver.version) else None,
        ceiling=machine.driver.cuda if machine.driver else None,
        capabilities=tuple(dict.fromkeys(gpu.compute_capability for gpu in known if gpu.compute_capability)),
        gpu_names=tuple(dict.fromkeys((gpu.compute_capability or "", gpu.name) for gpu in known)),
    )
