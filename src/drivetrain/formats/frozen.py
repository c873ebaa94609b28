"""Mends what `pip freeze` writes although no other machine can have it: packages of the system, of conda's own builds, of one operating system."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.formats.draft import Draft
from drivetrain.model.request import Wish
from drivetrain.words import say

_CONDA_BUILDS = ("/feedstock_root/", "/conda-bld/", "/croot/", "/tmp/build/")
"""Folders of conda's own builds, which `pip freeze` inside a conda environment writes down; they exist on no other machine.

Source: https://docs.conda.io/projects/conda-build/en/stable/user-guide/environment-variables.html (conda-bld, croot)."""

_OF_UBUNTU = (
    *("apturl", "brlapi", "command-not-found", "cupshelpers", "distro-info", "language-selector"),
    *("louis", "python-apt", "screen-resolution-extra", "ubuntu-advantage-tools", "ubuntu-drivers-common", "ubuntu-pro-client"),
    *("ufw", "unattended-upgrades", "usb-creator", "xkit"),
)
"""Distributions of Debian and Ubuntu packages: they belong to the system's Python, and the package index has none of them, or another thing of that name.

Source: https://packages.ubuntu.com/jammy/python/ (python3-apt, ufw, command-not-found, ubuntu-drivers-common, unattended-upgrades ...)."""

_OF_WINDOWS = ("pywin32", "pypiwin32", "pywinpty", "windows-curses", "wmi")
"""Distributions that have wheels for Windows alone, or are of use there alone. Source: their pages on the package index."""


def of_any_machine(draft: Draft, wish: Wish, origin: str) -> Wish | None:
    """Gives the wish as another machine can have it; None for what none can."""
    # Debian's pip before 22 lists the interpreter's own pkg_resources: https://bugs.launchpad.net/ubuntu/+source/python-pip/+bug/1635463
    if wish.name == "pkg-resources" and wish.specifier == "==0.0.0":
        draft.warn(origin, say("pkg-resources==0.0.0 is an artefact of an old pip on Debian and Ubuntu and was left out"))
        return None
    if wish.name in _OF_UBUNTU or "+ubuntu" in wish.specifier or "ubuntu" in wish.specifier.partition("+")[2]:
        draft.warn(origin, say("{name} belongs to the Python of Debian or Ubuntu, no index has it, and it was left out", name=wish.name))
        return None
    if wish.name in _OF_WINDOWS and not wish.marker and not wish.url:
        draft.warn(origin, say("{name} is for Windows alone and is asked for there alone", name=wish.name))
        marker = 'sys_platform == "win32"'
        return replace(wish, marker=marker, text=f"{wish.name}{wish.specifier} ; {marker}")
    if any(folder in wish.url.replace("\\", "/") for folder in _CONDA_BUILDS):
        draft.warn(origin, say("{name} was built by conda in a folder of another machine: any version is taken", name=wish.name or wish.url))
        return replace(wish, url="", text=wish.name) if wish.name else None
    return wish
