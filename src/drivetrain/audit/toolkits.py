"""Finds the CUDA compiler that a program of the environment would use, and what would use it."""

from __future__ import annotations

from drivetrain.audit.rule import Context
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.environment import Installed

VARIABLES = ("CUDA_HOME", "CUDA_PATH")
"""In the order in which torch asks for them; source: torch/utils/cpp_extension.py, _find_cuda_home."""
_COMPILE = ("deepspeed", "flashinfer-python", "gsplat", "nerfacc", "exllamav2")
"""Wheels that hold sources and compile them when they are first used; sources: their own installation pages."""
_STANDARD = ("/usr/local/cuda", "/opt/cuda")


def variable_of(context: Context) -> str | None:
    """Gives the variable that names the toolkit, None where none is set."""
    return next((name for name in VARIABLES if context.variable(name)), None)


def compiling(context: Context) -> tuple[Installed, ...]:
    """Gives what compiles for the GPU at run time."""
    return tuple(one for name in _COMPILE if (one := context.environment.distribution(name)) is not None)


def found_compiler(context: Context) -> str | None:
    """Gives where nvcc is found without a variable: on PATH, or in the folder that torch tries last."""
    on_path = next((each.path for each in context.named("PATH") if {"nvcc", "nvcc.exe"} & set(each.holds)), None)
    return on_path or next((each.path for each in context.machine.toolkits if each.path.rstrip("/") == _STANDARD[0]), None)


def compiler_version(context: Context) -> tuple[str, str] | None:
    """Gives path and version of the toolkit that would compile; None where that is not known."""
    name = variable_of(context)
    toolkits = context.machine.toolkits
    if name is not None:
        path = (context.variable(name) or "").rstrip("/")
        return next(((each.path, each.version) for each in toolkits if each.path.rstrip("/") == path), None)
    if len(toolkits) == 1:
        return toolkits[0].path, toolkits[0].version
    return next(((each.path, each.version) for each in toolkits if each.path.rstrip("/") in _STANDARD), None)


_NEWEST_GCC = (("11.8", 11), ("12.0", 12), ("12.4", 13), ("12.8", 14), ("13.0", 15))
"""The first CUDA with which each gcc may be used; read from crt/host_config.h of the nvcc wheels 11.8 to 13.2 on 2026-11-24."""


def newest_gcc(cuda: str) -> int | None:
    """Gives the newest gcc that nvcc of a CUDA takes; None before and after those that were read."""
    rows = [gcc for first, gcc in _NEWEST_GCC if at_least(cuda, first)]
    return rows[-1] if rows and dotted(cuda)[:2] <= (13, 2) else None
