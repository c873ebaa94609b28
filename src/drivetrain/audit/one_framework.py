"""Tells which distributions of an environment hold one and the same framework: its CPU and CUDA builds, a nightly one, a vendor's own."""

from __future__ import annotations

import re

from drivetrain.model.build import Framework
from drivetrain.model.environment import Environment, Installed

_VENDORS = {"tensorflow": ("tensorflow-cpu-aws", "tensorflow-rocm", "intel-tensorflow", "tf-nightly-cpu", "tf-nightly-gpu")}
"""Builds by others, with the framework's own folder inside."""


def holders_in(environment: Environment, framework: Framework) -> list[Installed]:
    """Gives the distributions that bring the framework's folder; one that only requires another of them (TensorFlow on Windows) brings none."""
    old = tuple(name for name, new in framework.renamed if new == framework.distribution)
    parts = tuple(name for name, _ in framework.parts)
    names = dict.fromkeys((framework.distribution, *framework.names, *framework.cpu_twins, framework.nightly, *old, *parts, *_VENDORS.get(framework.name, ())))
    there = [one for name in names if name and (one := environment.distribution(name)) is not None]
    return [one for one in there if _holds(one, framework.import_name) and not _is_front(one, there)] if len(there) > 1 else there


def _holds(one: Installed, folder: str) -> bool:
    return not one.files or any(each.path.startswith(f"{folder}/") for each in one.files)


def _is_front(one: Installed, there: list[Installed]) -> bool:
    required = {re.sub(r"[-_.]+", "-", match[0]).lower() for line in one.requires if (match := re.match(r"[A-Za-z0-9._-]+", line))}
    return any(each.name in required for each in there if each is not one)
