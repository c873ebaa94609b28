"""Names what to type on a machine that has an NVIDIA GPU and no driver for it; source: https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.report.typed import Typed

PACKAGES = {"ubuntu": "sudo ubuntu-drivers install", "debian": "sudo apt install nvidia-driver"}
"""By the ID of /etc/os-release: what installs the distribution's own driver. Others are left to the cause's page: theirs is another repository's."""


def lacks_driver(machine: Machine) -> bool:
    """Tells whether the machine has an NVIDIA GPU that nothing can use yet."""
    return bool(machine.nvidia_gpus) and machine.driver is None and not machine.described


def driver_command(machine: Machine, typed: Typed) -> str:
    """Gives the line to type: the driver's installation where that is what is missing, else the page of what is."""
    cause = next((each.cause for each in machine.notes if "driver" in each.cause or "gpu" in each.cause or "nouveau" in each.cause), "no-nvidia-driver")
    package = PACKAGES.get(machine.os.distribution or "")
    if cause == "no-nvidia-driver" and package and not machine.os.wsl and not machine.os.container:
        return package
    return typed.bare("explain", cause)
