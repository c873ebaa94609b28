"""Turns readings of NVML, libcuda, nvidia-smi, the kernel module and the PCI bus into GPUs and the driver."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from drivetrain.formats.nvidia_proc import ModuleGpu, module_gpu_of, module_version_of
from drivetrain.formats.nvidia_smi import banner_of, gpus_of_query
from drivetrain.model.machine import Driver, Gpu, OsFamily
from drivetrain.probe.readings import Readings

NVIDIA = "10de"
VENDORS: dict[str, Any] = {NVIDIA: "nvidia", "1002": "amd", "1022": "amd", "8086": "intel", "106b": "apple"}
MAKERS = {"amd": "AMD", "intel": "Intel", "apple": "Apple"}


def gpus_of(readings: Readings) -> tuple[Gpu, ...]:
    """Gives every GPU: those that the driver answers for, by the best source that answered, then the others that the bus shows."""
    seen = readings["nvidia"] or {}
    told = _of_nvml(seen.get("nvml", {})) or _of_smi(seen.get("smi", {})) or _of_libcuda(seen.get("libcuda", {}))
    slots = {slot for slot, _ in told}
    by_bus = {each["slot"]: each for each in seen.get("pci", [])}
    gpus = [_with_capability(replace(gpu, pci_id=gpu.pci_id or _pci_id(by_bus.get(slot or "")))) for slot, gpu in told]
    inside = bool((readings["system"] or {}).get("container")) and bool(told)
    known = {each.slot: each for each in (module_gpu_of(text) for text in seen.get("information", []))}
    for slot, each in by_bus.items():
        # A container sees the whole bus, and was given only the GPUs that its driver answers for.
        if slot not in slots and each["vendor"] in VENDORS and not (inside and each["vendor"] == NVIDIA):
            gpus.append(_on_bus(each, known.get(slot)))
    return tuple(gpus) + _elsewhere(readings, gpus)


def driver_of(readings: Readings, family: OsFamily, *, wsl: bool) -> Driver | None:
    """Gives the NVIDIA driver of the best source that names it; None where a container has only the host's kernel module in sight."""
    seen = readings["nvidia"] or {}
    version, source = _version(seen, readings)
    if version is None:
        return None
    return Driver(version=version, cuda=_ceiling(seen, version, family, wsl), source=source)


def answers(seen: Readings) -> bool:
    """Tells whether any part of the driver that programs use answered."""
    smi = seen.get("smi", {})
    return bool(seen.get("nvml", {}).get("driver") or gpus_of_query(smi.get("out", "")) or seen.get("libcuda", {}).get("init") == 0)


def _version(seen: Readings, readings: Readings) -> tuple[str | None, str]:
    smi = seen.get("smi", {})
    rows = [each.driver for each in gpus_of_query(smi.get("out", "")) if each.driver]
    module = module_version_of(seen.get("proc_version") or "") or seen.get("module_version")
    if seen.get("nvml", {}).get("driver"):
        return seen["nvml"]["driver"], "nvml"
    if rows:
        return rows[0], "nvidia-smi"
    if banner_of(smi.get("banner", "")).driver:
        return banner_of(smi["banner"]).driver, "nvidia-smi"
    if seen.get("libcuda", {}).get("init") == 0:
        return module or "", "libcuda"
    if module and (seen.get("devices") or not (readings["system"] or {}).get("container")):
        return module, "proc"
    return _registered(readings["displays"] or []), "registry"


def _ceiling(seen: Readings, version: str, family: OsFamily, wsl: bool) -> str | None:
    told = seen.get("nvml", {}).get("cuda") or seen.get("libcuda", {}).get("cuda")
    if told:
        return f"{told // 1000}.{told % 1000 // 10}"
    banner = banner_of(seen.get("smi", {}).get("banner", "")).cuda
    if banner or not re.fullmatch(r"\d+(\.\d+)*", version):
        return banner
    from drivetrain.catalogue.drivers import ceiling

    return ceiling(version, family, wsl=wsl)


def _of_nvml(told: Readings) -> list[tuple[str | None, Gpu]]:
    return [
        (
            each.get("slot"),
            Gpu(
                name=each.get("name") or "NVIDIA GPU",
                uuid=each.get("uuid"),
                compute_capability=_dotted(each.get("capability")),
                memory_total_bytes=each.get("memory", [None, None])[0],
                memory_used_bytes=each.get("memory", [None, None])[1],
                utilization_percent=each.get("utilization"),
                pci_id=f"{NVIDIA}:{each['device']}" if each.get("device") else None,
                driver_bound=True,
            ),
        )
        for each in told.get("gpus", [])
        if not each.get("code")
    ]


def _of_smi(told: Readings) -> list[tuple[str | None, Gpu]]:
    return [
        (
            each.slot,
            Gpu(
                name=each.name or "NVIDIA GPU",
                uuid=each.uuid,
                compute_capability=each.compute_capability,
                memory_total_bytes=each.memory_total_bytes,
                memory_used_bytes=each.memory_used_bytes,
                utilization_percent=each.utilization_percent,
                pci_id=f"{NVIDIA}:{each.device_id}" if each.device_id else None,
                driver_bound=True,
            ),
        )
        for each in gpus_of_query(told.get("out", ""))
    ]


def _of_libcuda(told: Readings) -> list[tuple[str | None, Gpu]]:
    return [
        (
            each.get("slot"),
            Gpu(
                name=each.get("name") or "NVIDIA GPU",
                compute_capability=_dotted(each.get("capability")),
                memory_total_bytes=each.get("memory_total"),
                driver_bound=True,
            ),
        )
        for each in told.get("gpus", [])
    ]


def _with_capability(gpu: Gpu) -> Gpu:
    """Looks up what an old driver does not say (nvidia-smi before 510 has no `compute_cap`)."""
    if gpu.compute_capability or gpu.vendor != "nvidia":
        return gpu
    from drivetrain.catalogue.gpus import model_of_pci, models_named

    model = model_of_pci(gpu.pci_id) if gpu.pci_id else None
    capabilities = {model.compute_capability} if model else {each.compute_capability for each in models_named(gpu.name)}
    return replace(gpu, compute_capability=capabilities.pop()) if len(capabilities) == 1 else gpu


def _on_bus(each: dict[str, Any], told: ModuleGpu | None) -> Gpu:
    pci_id, vendor = f"{each['vendor']}:{each['device']}", VENDORS[each["vendor"]]
    if vendor != "nvidia":
        return Gpu(name=f"{MAKERS[vendor]} {each.get('name') or 'GPU ' + pci_id}", vendor=vendor, pci_id=pci_id)
    from drivetrain.catalogue.gpus import model_of_pci

    model = model_of_pci(each["device"])
    name = (told.name if told else "") or (f"NVIDIA {model.name}" if model else f"NVIDIA GPU {pci_id}")
    # Bound to the driver, which did not answer: in a container without its GPUs, or in time.
    bound = None if each["driver"] == "nvidia" else False
    capability = model.compute_capability if model else None
    return _with_capability(Gpu(name=name, uuid=told.uuid if told else None, compute_capability=capability, pci_id=pci_id, driver_bound=bound))


def _elsewhere(readings: Readings, found: Iterable[Gpu]) -> tuple[Gpu, ...]:
    """Adds what no PCI bus shows: Windows' adapters, a Mac's chip, a Jetson's."""
    system, names = readings["system"] or {}, {gpu.name for gpu in found}
    nvidia_told = any(gpu.vendor == "nvidia" for gpu in found)
    gpus = [gpu for gpu in map(_adapter, readings["displays"] or []) if gpu and gpu.name not in names and not (gpu.vendor == "nvidia" and nvidia_told)]
    if system.get("family") == "macos" and system.get("machine") == "arm64" and not gpus:
        gpus.append(Gpu(name=(readings["processor"] or {}).get("model") or "Apple GPU", vendor="apple"))
    board = (readings["nvidia"] or {}).get("tegra") or ""
    if not nvidia_told and re.search(r"jetson|orin|thor|xavier", board, re.IGNORECASE):
        gpus.append(_with_capability(Gpu(name=re.sub(r"\s*(Developer Kit|Engineering Reference).*", "", board), driver_bound=False)))
    return tuple(gpus)


def _adapter(each: dict[str, Any]) -> Gpu | None:
    ids = re.search(r"ven_([0-9a-f]{4})&dev_([0-9a-f]{4})", each.get("pnp", "").lower())
    name = each.get("name") or ""
    told = f"{name} {each.get('pnp', '')}".lower()
    vendor: Any = VENDORS.get(ids[1]) if ids else next((value for value in ("nvidia", "amd", "intel", "apple") if value in told), None)
    if vendor is None or not name:
        return None
    pci_id = f"{ids[1]}:{ids[2]}" if ids else None
    bound = bool(each.get("driver")) if vendor == "nvidia" else None
    return _with_capability(Gpu(name=name, vendor=vendor, pci_id=pci_id, memory_total_bytes=each.get("memory"), driver_bound=bound))


def _registered(displays: list[dict[str, Any]]) -> str | None:
    """Gives "551.61" from the version that Windows keeps of NVIDIA's driver, 31.0.15.5161: its last five digits."""
    for each in displays:
        digits = re.sub(r"\D", "", str(each.get("driver") or ""))
        if "ven_10de" in each.get("pnp", "").lower() and len(digits) >= 5:
            return f"{int(digits[-5:-2])}.{digits[-2:]}"
    return None


def _dotted(capability: list[int] | None) -> str | None:
    return ".".join(map(str, capability)) if capability and len(capability) == 2 else None


def _pci_id(each: dict[str, Any] | None) -> str | None:
    return f"{each['vendor']}:{each['device']}" if each else None
