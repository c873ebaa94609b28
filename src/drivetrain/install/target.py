"""Names a target the way uv does: the Python and the platform that a lock is made for.

Source: https://docs.astral.sh/uv/reference/cli/#uv-pip-compile--python-platform.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from drivetrain.model.machine import Machine

_MANYLINUX_MINORS = (17, 28, *range(31, 41))
"""The glibc 2.x that uv has a platform name for."""


def target_flags(machine: Machine, interpreter: Path | str) -> list[str | Path]:
    """Gives the flags for this interpreter (a path: exactly what it is and runs on) or for a version on the machine's platform."""
    if isinstance(interpreter, Path):
        return ["--python", interpreter]
    platform = platform_of(machine)
    # Any interpreter will do to run uv's questions; the target's own need not exist here.
    return ["--python", sys.executable, "--python-version", interpreter.rstrip("t"), *(["--python-platform", platform] if platform else [])]


def target_variables(machine: Machine) -> dict[str, str]:
    """Gives the variable by which uv is told which macOS a wheel may ask for."""
    if machine.os.family != "macos":
        return {}
    return {"MACOSX_DEPLOYMENT_TARGET": machine.os.release or "15.0"}


def platform_of(machine: Machine) -> str:
    """Gives uv's name of the machine's platform."""
    family, arch = machine.os.family, {"arm64": "aarch64", "amd64": "x86_64"}.get(machine.arch.lower(), machine.arch.lower())
    if family == "windows":
        return f"{arch}-pc-windows-msvc"
    if family == "macos":
        return f"{arch}-apple-darwin"
    if machine.os.musl:
        return f"{arch}-unknown-linux-musl"
    fitting = [minor for minor in _MANYLINUX_MINORS if machine.os.glibc and (2, minor) <= _numbers(machine.os.glibc)]
    return f"{arch}-manylinux_2_{fitting[-1]}" if fitting else f"{arch}-unknown-linux-gnu"


def _numbers(version: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
