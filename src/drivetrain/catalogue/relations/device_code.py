"""Whether device code in a library runs on a compute capability.

Format and counting rule: measured on 182 libraries; a target whose count is far below the library's largest marks a special
kernel, not support. Which SASS runs where: torch/cuda/__init__.py of the 2.15.0 wheel, DEVICE_REQUIREMENT.
"""

from __future__ import annotations

import re
from typing import Literal

from drivetrain.model.catalogue import LibraryCode
from drivetrain.model.plan import Reason
from drivetrain.words import say

Way = Literal["sass", "ptx", "none"]

_TARGET = re.compile(r"^(?:sm|compute)_(\d+)(\d)([af]?)$")
_ONLY_ITSELF = {"5.3", "6.2", "7.2", "8.7", "10.1", "11.0"}
"""Embedded chips: code of the same major for the other chips does not run there, nor theirs elsewhere."""
_RENAMED = {"10.1": "11.0", "11.0": "10.1"}
"""Jetson Thor was sm_101 for CUDA 12 and is sm_110 for CUDA 13."""


def capability_of(target: str) -> tuple[str, str]:
    """Gives ("9.0", "a") for "sm_90a" or "compute_90a"; raises ValueError for anything else."""
    found = _TARGET.match(target)
    if not found:
        raise ValueError(f"not a target: {target}")
    return f"{found[1]}.{found[2]}", found[3]


def sass_runs_on(target: str, capability: str) -> bool:
    """Tells whether compiled code for a target ("sm_86") runs on a compute capability ("8.9")."""
    built, flavour = capability_of(target)
    if built == capability or _RENAMED.get(built) == capability:
        return True
    if flavour == "a" or built in _ONLY_ITSELF or capability in _ONLY_ITSELF:
        return False
    (built_major, built_minor), (major, minor) = (tuple(map(int, each.split("."))) for each in (built, capability))
    return built_major == major and built_minor <= minor


def ptx_runs_on(target: str, capability: str) -> bool:
    """Tells whether PTX for a target ("compute_90") can be compiled for a compute capability by a driver that knows that PTX."""
    built, flavour = capability_of(target)
    if flavour == "a":
        return built == capability
    (built_major, built_minor), (major, minor) = (tuple(map(int, each.split("."))) for each in (built, capability))
    if flavour == "f":
        return built_major == major and built_minor <= minor
    return (built_major, built_minor) <= (major, minor)


def way_on(code: LibraryCode, capability: str) -> Way:
    """Gives how a library's code runs on a capability: compiled for it, by compiling its PTX on first start, or not at all."""
    if _covered(code.sass, capability, sass_runs_on):
        return "sass"
    if _covered(code.ptx, capability, ptx_runs_on):
        return "ptx"
    return "none"


def _covered(targets: tuple[tuple[str, int], ...], capability: str, runs: object) -> bool:
    """Counts the code of all targets that run there; half of the best-covered target is enough, presence alone where nobody counted."""
    fitting = [count for target, count in targets if runs(target, capability)]  # type: ignore[operator]
    best = max((count for _, count in targets), default=0)
    return bool(fitting) and sum(fitting) * 2 >= best


def code_runs_on(code: tuple[LibraryCode, ...], capability: str, *, jit: bool, about: str, gpu: str) -> Reason | None:
    """Tells whether every one of these libraries can serve a GPU; `jit`: whether its driver can compile their PTX."""
    for library in code:
        way = way_on(library, capability)
        if way == "sass" or (way == "ptx" and jit):
            continue
        says = (
            say(
                "{about}: {library} starts on {gpu} only by compiling PTX, which a driver older than its CUDA cannot do",
                about=about,
                library=library.library,
                gpu=gpu,
            )
            if way == "ptx"
            else say(
                "{about}: {library} holds no code for {gpu} (compute capability {capability})",
                about=about,
                library=library.library,
                gpu=gpu,
                capability=capability,
            )
        )
        cause = "ptx-jit-impossible" if way == "ptx" else "compute-capability-not-in-build"
        return Reason(cause=cause, about=about, says=says, sources=library.sources)
    return None


def needs_jit(code: tuple[LibraryCode, ...], capability: str) -> bool:
    """Tells whether some library serves this capability only by compiling PTX on first start (minutes, once)."""
    return any(way_on(library, capability) == "ptx" for library in code)
