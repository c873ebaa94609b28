"""Whether a driver still serves a GPU: with some branch NVIDIA ends what it does for old chips."""

from __future__ import annotations

from drivetrain.catalogue import drivers, gpus
from drivetrain.model.dotted import dotted

SOURCES = (
    "supported-gpus.json of driver 615.71.09: Maxwell, Pascal and Volta are tagged 580.xx",
    "https://www.nvidia.com/en-us/drivers/unix/legacy-gpu/",
    "https://forums.developer.nvidia.com/t/current-graphics-driver-releases/28500/12",
)


def last_branch_before(driver: str, capability: str) -> str | None:
    """Gives the last branch that serves a chip where this driver is of a later one; None where it serves the chip, or nothing says that it does not."""
    last = gpus.last_branch(capability)
    following = drivers.branch_after(last) if last else None
    # A branch is numbered below the next one on every system: R580 is 580.65.06 on Linux and 581.80 on Windows, R590 is 590.44.01 and 591.44.
    return last if following is not None and dotted(driver)[0] >= dotted(following)[0] else None
