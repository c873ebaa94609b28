"""Whether device code in a library runs on a compute capability.

Format and counting rule: measured on 182 libraries; a target whose count is far below the library's largest marks a special
kernel, not support. Which SASS runs where: torch/cuda/__init__.py of the 2.15.0 wheel, DEVICE_REQUIREMENT.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from drivetrain.model.catalogue import LibraryCode
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.plan import Reason
from drivetrain.words import say

Way = Literal["sass", "ptx", "none"]

_TARGET = re.compile(r"^(?:sm|compute)_(\d+)(\d)([af]?)$")
_ONLY_ITSELF = {"5.3", "6.2", "7.2", "8.7", "10.1", "11.0"}
"""Embedded chips: code of the same major for the other chips does not run there, nor theirs elsewhere."""
_RENAMED = {"10.1": "11.0", "11.0": "10.1"}
"""Jetson Thor was sm_101 for CUDA 12 and is sm_110 for CUDA 13."""

_PTX_RELEASES = (
    "6.0=9.0 6.1=9.1 6.2=9.2 6.3=10.0 6.4=10.1 6.5=10.2 7.0=11.0 7.1=11.1 7.2=11.2 7.3=11.3 7.4=11.4 7.5=11.5 7.6=11.6 7.7=11.7 7.8=11.8 "
    "8.0=12.0 8.1=12.1 8.2=12.2 8.3=12.3 8.4=12.4 8.5=12.5 8.6=12.7 8.7=12.8 8.8=12.9 9.0=13.0 9.1=13.1"
)
_CUDA_OF_PTX = dict(each.split("=") for each in _PTX_RELEASES.split())
"""The CUDA release whose driver is the first to compile a version of PTX; source:
https://docs.nvidia.com/cuda/parallel-thread-execution/#release-notes-ptx-release-history (as cuda-python's cuda.bindings.utils has it)."""


def capability_of(target: str) -> tuple[str, str]:
    """Gives ("9.0", "a") for "sm_90a" or "compute_90a"; raises ValueError for anything else."""
    found = _TARGET.match(target)
    if not found:
        raise ValueError(f"not a target: {target}")
    return f"{found[1]}.{found[2]}", found[3]


@lru_cache(maxsize=1024)
def sass_runs_on(target: str, capability: str) -> bool:
    """Tells whether compiled code for a target ("sm_86") runs on a compute capability ("8.9")."""
    built, flavour = capability_of(target)
    if built == capability or _RENAMED.get(built) == capability:
        return True
    if flavour == "a" or built in _ONLY_ITSELF or capability in _ONLY_ITSELF:
        return False
    (built_major, built_minor), (major, minor) = (tuple(map(int, each.split("."))) for each in (built, capability))
    return built_major == major and built_minor <= minor


@lru_cache(maxsize=1024)
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


def compiles(library: LibraryCode, capability: str, ceiling: str | None) -> bool | None:
    """Tells whether a driver that serves CUDA up to `ceiling` compiles the PTX that a GPU needs; None where the version of one of the two is not known."""
    partly = library.ptx_alone and any(sass_runs_on(target, capability) for target, _ in library.sass)
    made_by = _CUDA_OF_PTX.get(library.ptx_alone if partly else library.ptx_version)
    return None if made_by is None or ceiling is None else at_least(ceiling, made_by)


def code_runs_on(code: tuple[LibraryCode, ...], capability: str, *, jit: bool, about: str, gpu: str, ceiling: str | None = None) -> Reason | None:
    """Tells whether every one of these libraries can serve a GPU; `jit`: whether its driver can compile PTX of which no version is known."""
    for library in code:
        way = way_on(library, capability)
        known = compiles(library, capability, ceiling)
        if way == "sass" or (way == "ptx" and (jit if known is None else known)):
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


def code_may_exist(cuda: str, capability: str, *, about: str, gpu: str) -> Reason | None:
    """Tells whether a build of which only its CUDA is known can hold code for a GPU: no compiler writes code for a chip that it does not know.

    PTX is no way out where nobody knows of any: the CUDA libraries beside it would need it too.
    """
    from drivetrain.catalogue.gpus import architectures

    serving = [
        each for each in architectures() if each.compute_capability[-1].isdigit() and sass_runs_on(f"sm_{each.compute_capability.replace('.', '')}", capability)
    ]
    if not serving or any(at_least(cuda, each.cuda_first) and not (each.cuda_dropped_in and at_least(cuda, each.cuda_dropped_in)) for each in serving):
        return None
    first = min((each.cuda_first for each in serving), key=dotted)
    says = (
        say("{about}: CUDA {cuda} no longer makes code for {gpu} (compute capability {capability})", about=about, cuda=cuda, gpu=gpu, capability=capability)
        if at_least(cuda, first)
        else say(
            "{about}: CUDA {cuda} makes no code for {gpu} (compute capability {capability}), CUDA {first} is the first that does",
            about=about,
            cuda=cuda,
            gpu=gpu,
            capability=capability,
            first=first,
        )
    )
    return Reason(
        cause="compute-capability-not-in-build", about=about, says=says, sources=tuple(dict.fromkeys(each for row in serving for each in row.sources))
    )


def needs_jit(code: tuple[LibraryCode, ...], capability: str) -> bool:
    """Tells whether some library serves this capability only by compiling PTX on first start (minutes, once)."""
    return any(way_on(library, capability) == "ptx" for library in code)


def jit_is_certain(code: tuple[LibraryCode, ...], capability: str, ceiling: str | None) -> bool:
    """Tells whether the driver compiles all PTX that this capability needs, whatever part of CUDA it serves otherwise."""
    return all(way_on(library, capability) != "ptx" or compiles(library, capability, ceiling) is True for library in code)
