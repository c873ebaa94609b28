"""Reads what an image says of its own system: its distribution, and the version of its C library."""

from __future__ import annotations

import re
from pathlib import Path

from drivetrain.binaries.regular_file import content_of
from drivetrain.formats.os_release import OsRelease, os_release_of
from drivetrain.scan.disk import Disk

_LIBC = ("/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib", "/lib")
_STATED = re.compile(rb"GNU C Library [^\n]{0,200}release version (\d+\.\d+)")
_MOST_BYTES = 8 << 20


def release_of(root: Path) -> OsRelease:
    """Gives what /etc/os-release of the image says."""
    return os_release_of(Disk(root).text(root / "etc/os-release") or "")


def has_musl(root: Path) -> bool:
    """Tells whether the image's C library is musl: Alpine and the like, which have no glibc."""
    return any(name.startswith("ld-musl-") for name in Disk(root).names(root / "lib"))


def glibc_of(root: Path) -> str | None:
    """Gives the version that the image's libc.so.6 prints when it is run, which stands in it as text; None where there is none."""
    disk = Disk(root)
    for folder in _LIBC:
        try:
            match = _STATED.search(content_of(disk.placed(f"{folder}/libc.so.6"), _MOST_BYTES))
        except OSError:
            continue
        if match is not None:
            return match[1].decode()
    return None
