"""Tells what this machine and its environment are in the words in which logs' facts are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from drivetrain.diagnose.facts import PACKAGE, canonical, completed
from drivetrain.model.machine import Machine


def facts_of_machine(machine: Machine) -> dict[str, str]:
    """Gives a machine's facts."""
    system = machine.os
    gpu = machine.nvidia_gpus[0] if machine.nvidia_gpus else next(iter(machine.gpus), None)
    facts = {
        "os": "wsl2" if system.wsl else system.family,
        "distro": system.distribution or "",
        "kernel": system.kernel or "",
        "glibc": system.glibc or "",
        "arch": machine.arch,
        "container": system.container or "no",
        "driver": machine.driver.version if machine.driver else "none",
        "driver_cuda": (machine.driver.cuda or "") if machine.driver else "",
        "gpu": gpu.name if gpu else "none",
        "capability": (gpu.compute_capability or "") if gpu else "",
        "cuda_installed": machine.toolkits[0].version if machine.toolkits else "",
    }
    variables = {f"env.{name}": value for name, value in machine.variables.items()}
    return completed({**facts, **variables})


def facts_of_environment(prefix: Path) -> dict[str, str]:
    """Gives the distributions of an environment and its Python; nothing where it cannot be read."""
    found: dict[str, str] = {}
    for site in (*prefix.glob("lib/python3*/site-packages"), *prefix.glob("Lib/site-packages")):
        names = [each.name for each in os.scandir(site) if each.name.endswith(".dist-info")]
        found.update({PACKAGE + canonical(name): version for name, _, version in (each[: -len(".dist-info")].partition("-") for each in names) if version})
        if site.parent.name.startswith("python"):
            found["python"] = site.parent.name.removeprefix("python")
    if found:
        found["pip_packages"] = ", ".join(f"{name[len(PACKAGE) :]}=={version}" for name, version in sorted(found.items()) if name.startswith(PACKAGE))
    return found


def belongs_here(told: Mapping[str, str], here: Mapping[str, str]) -> bool:
    """Tells whether a log can be this machine's own: its system, driver and GPU, where it names them, are the same."""
    same = {key for key in ("os", "driver", "arch", "capability") if key in told and key in here}
    return all(told[key] == here[key] for key in same)
