"""Whether a driver serves a CUDA version, in full or through minor-version compatibility."""

from __future__ import annotations

from drivetrain.catalogue import drivers
from drivetrain.model.build import Target
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.plan import Reason, Unknown
from drivetrain.words import say

SOURCES = ("https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",)


def driver_serves(target: Target, cuda: str) -> Reason | Unknown | None:
    """Tells whether the target's driver runs programs built with this CUDA ("12.8"), minor-version compatibility included."""
    if target.driver is None and target.ceiling is None:
        return Unknown(says=say("the driver is not known, so CUDA {cuda} is taken as served", cuda=cuda))
    if is_full(target, cuda):
        return None
    minimum = drivers.minimum_driver(cuda, target.os, wsl=target.wsl)
    if minimum is None:
        if target.ceiling is not None and dotted(target.ceiling)[0] < dotted(cuda)[0]:
            # No table names the driver yet, but a driver never serves a later major version than its own.
            says = say(
                "CUDA {cuda} needs a driver of CUDA {major}, this one serves CUDA up to {ceiling}", cuda=cuda, major=dotted(cuda)[0], ceiling=target.ceiling
            )
            return Reason(cause="driver-too-old-for-cuda", about=f"CUDA {cuda}", says=says, sources=SOURCES)
        return Unknown(says=say("the lowest driver for CUDA {cuda} is not known", cuda=cuda))
    if target.driver is not None and _reaches(target.driver, minimum):
        return None
    if target.driver is None and target.ceiling is not None and dotted(target.ceiling)[0] >= dotted(cuda)[0] >= 11:
        return None
    return Reason(
        cause="driver-too-old-for-cuda",
        about=f"CUDA {cuda}",
        says=say(
            "CUDA {cuda} needs driver {minimum} or newer, this one is {driver}",
            cuda=cuda,
            minimum=minimum,
            driver=target.driver or say("for CUDA {ceiling}", ceiling=target.ceiling),
        ),
        sources=SOURCES,
    )


def _reaches(driver: str, minimum: str) -> bool:
    """Compares driver numbers; a branch named alone ("580") means some release of it, not 580.0."""
    return at_least(driver, minimum if "." in driver else minimum.split(".")[0])


def is_full(target: Target, cuda: str) -> bool:
    """Tells whether the driver serves this CUDA in full, so that it can also compile PTX made by it."""
    return target.ceiling is not None and at_least(target.ceiling, cuda)
