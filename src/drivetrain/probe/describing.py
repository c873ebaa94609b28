"""Makes a Machine of what flags say: `--os linux --gpu "RTX 4090" --driver 550.54`."""

from __future__ import annotations

import re
import sys
from typing import Any

from drivetrain.catalogue.drivers import ceiling
from drivetrain.catalogue.gpus import models_named, nearest_names
from drivetrain.errors import UsageError
from drivetrain.model.catalogue import GpuModel
from drivetrain.model.machine import Driver, Gpu, Machine, OperatingSystem, OsFamily
from drivetrain.words import say

SYSTEMS: dict[str, tuple[OsFamily, str | None]] = {"linux": ("linux", None), "windows": ("windows", None), "wsl2": ("linux", "2"), "macos": ("macos", None)}
OTHER_VENDORS: dict[str, Any] = {
    "amd": re.compile(r"\b(amd|radeon|instinct|firepro)\b|\brx ?\d{3,4}|\bmi\d{2,3}\w?\b", re.IGNORECASE),
    "intel": re.compile(r"\b(intel|arc|iris)\b", re.IGNORECASE),
    "apple": re.compile(r"\bapple\b|^m[1-9]( (pro|max|ultra))?$", re.IGNORECASE),
}


def described(*, os: str | None = None, arch: str | None = None, gpus: tuple[str, ...] = (), driver: str | None = None, glibc: str | None = None) -> Machine:
    """Gives a machine that nothing was seen of: what is not said stays unknown, and every Python counts."""
    system = os or {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    if system not in SYSTEMS:
        raise UsageError(say("--os {os} names no system", os=system), say("one of: {systems}", systems=", ".join(SYSTEMS)))
    family, wsl = SYSTEMS[system]
    found = tuple(gpu_described(name) for name in gpus)
    if family == "macos" and (driver or any(gpu.vendor == "nvidia" for gpu in found)):
        raise UsageError(say("macOS has no driver for NVIDIA GPUs since CUDA 10.2"), say("leave --driver and --gpu out, or take another --os"))
    architecture = arch or ("arm64" if family == "macos" else "x86_64")
    if family == "macos" and architecture == "arm64" and not found:
        found = (Gpu(name="Apple GPU", vendor="apple"),)
    return Machine(
        os=OperatingSystem(family=family, wsl=wsl, glibc=_glibc(glibc, family)),
        arch=_spelled(architecture, family),
        driver=_driver(driver, family, wsl=wsl is not None) if driver else None,
        gpus=found,
        pythons=None,
        described=True,
    )


def gpu_described(name: str) -> Gpu:
    """Gives the GPU of a name or a capability (`sm_89`, `8.9`); an ambiguous name raises UsageError that lists the models, an unknown one the nearest."""
    capability = re.fullmatch(r"(?:sm_?|compute_)(\d+)(\d)[af]?|(\d{1,2})\.(\d)", name.strip(), re.IGNORECASE)
    if capability:
        return Gpu(name=name.strip(), compute_capability=f"{capability[1] or capability[3]}.{capability[2] or capability[4]}")
    models = models_named(name)
    if not models:
        vendor: Any = next((each for each, pattern in OTHER_VENDORS.items() if pattern.search(name)), None)
        if vendor:
            return Gpu(name=name.strip(), vendor=vendor)
        raise _unknown(name)
    if len({each.compute_capability for each in models}) > 1:
        raise _ambiguous(name, models)
    only = models[0] if len(models) == 1 else None
    return Gpu(
        name=only.name if only else name.strip(),
        compute_capability=models[0].compute_capability,
        pci_id=f"10de:{only.pci_ids[0]}" if only and len(only.pci_ids) == 1 else None,
    )


def _unknown(name: str) -> UsageError:
    near = ", ".join(nearest_names(name))
    return UsageError(
        say("no GPU is known by the name {name}", name=name),
        say("the nearest names: {names}; or give its compute capability: --gpu sm_89", names=near) if near else say("give its compute capability: --gpu sm_89"),
    )


def _ambiguous(name: str, models: tuple[GpuModel, ...]) -> UsageError:
    shortest: dict[tuple[str, str], None] = {}
    for each in sorted(models, key=lambda model: (_number(model.compute_capability), len(model.name))):
        if sum(capability == each.compute_capability for _, capability in shortest) < 2:
            shortest[(each.name, each.compute_capability)] = None
    listed = ", ".join(f"{model} ({capability})" for model, capability in shortest)
    flag = f"--gpu sm_{models[-1].compute_capability.replace('.', '')}"
    return UsageError(
        say("{name} names GPUs of different compute capabilities: {models}", name=name, models=listed),
        say("give the whole name, or the capability: {flag}", flag=flag),
    )


def _driver(text: str, family: OsFamily, *, wsl: bool) -> Driver:
    version = re.sub(r"^[rR]", "", text.strip())
    if not re.fullmatch(r"\d{3}(\.\d{1,3}){0,2}", version):
        raise UsageError(say("--driver {text} is no driver version", text=text), say("as nvidia-smi shows it: 550.54.14, or the branch: 550"))
    return Driver(version=version, cuda=ceiling(version, family, wsl=wsl), source="described")


def _glibc(text: str | None, family: OsFamily) -> str | None:
    if text is None:
        return None
    if family != "linux" or not re.fullmatch(r"\d+\.\d+", text):
        raise UsageError(say("--glibc {text} does not go with this target", text=text), say("glibc is Linux's C library: --os linux --glibc 2.35"))
    return text


def _spelled(arch: str, family: OsFamily) -> str:
    """Gives the one spelling: 64-bit ARM is arm64 on macOS and aarch64 elsewhere."""
    if arch.lower() in ("arm64", "aarch64"):
        return "arm64" if family == "macos" else "aarch64"
    return "x86_64" if arch.lower() in ("amd64", "x64") else arch


def _number(capability: str) -> tuple[int, ...]:
    return tuple(int(part) for part in capability.split("."))
