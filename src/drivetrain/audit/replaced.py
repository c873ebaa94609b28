"""Tells what became of a conda package that another installer put its own over: a GPU build before, a CPU build now."""

from __future__ import annotations

from drivetrain.audit.rule import Context
from drivetrain.model.site_folder import CondaPackage

_FOR_GPU = ("cuda", "gpu")


def is_for_gpu(package: CondaPackage) -> bool:
    """Tells whether conda's build was one for CUDA; the build string of every channel says so."""
    return any(word in package.build.lower() for word in _FOR_GPU) and "cpu" not in package.build.lower()


def is_cpu_build(context: Context, package: CondaPackage) -> bool:
    """Tells whether what lies there now is known to have no CUDA in it."""
    facts = context.facts(package.distribution or package.name)
    return package.replaced_by.endswith("+cpu") or (facts is not None and facts.is_cuda_build is False)


def lost_gpu_build(context: Context, name: str) -> bool:
    """Tells whether conda had that distribution as a GPU build and pip has put a CPU build over it."""
    several = [each for each in context.environment.conda if each.replaced_by and name in (each.distribution, each.name)]
    return any(is_for_gpu(each) and is_cpu_build(context, each) for each in several)
