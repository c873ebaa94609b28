"""Readings of systems that no test runs on, Windows and macOS, turned into machines."""

from __future__ import annotations

from typing import Any

from drivetrain.model.machine import Driver
from drivetrain.probe.assembly import machine_of_readings


def readings(**parts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "nvidia": {"pci": [], "devices": [], "proc_version": None, "module_version": None, "dxg": False, "modules": [], "information": []},
        "system": {"family": "linux", "machine": "x86_64", "kernel": "6.1"},
        "processor": {"model": "", "cores": 4, "features": []},
        "configuration": {"pip": [], "uv": [], "constraints": {}},
        "variables": {},
        "problems": {},
        **dict.fromkeys(("memory_bytes", "disk_free_bytes", "displays", "toolkits", "cudnns", "pythons", "environments")),
    }
    return {**empty, **parts}


WINDOWS = {
    "family": "windows",
    "machine": "AMD64",
    "kernel": "10.0.19045",
    "windows": {"ProductName": "Windows 10 Pro", "DisplayVersion": "22H2", "CurrentBuild": "19045"},
}
ADAPTER = {"name": "NVIDIA GeForce GTX 1050 Ti", "pnp": "PCI\\VEN_10DE&DEV_1C82&SUBSYS_11BF1043", "driver": "31.0.15.5161", "memory": 4294967296}


def test_windows_with_nvml() -> None:
    gpu = {
        "name": "NVIDIA GeForce GTX 1050 Ti",
        "uuid": "GPU-9",
        "capability": [6, 1],
        "memory": [4294967296, 1],
        "utilization": 0,
        "device": "1c82",
        "slot": "0000:01:00.0",
    }
    machine = machine_of_readings(readings(system=WINDOWS, displays=[ADAPTER], nvidia={"pci": [], "nvml": {"driver": "551.61", "cuda": 12040, "gpus": [gpu]}}))
    assert (machine.os.name, machine.arch, machine.driver) == ("Windows 10 Pro 22H2", "x86_64", Driver(version="551.61", cuda="12.4", source="nvml"))
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce GTX 1050 Ti"]


def test_windows_by_its_registry_alone() -> None:
    machine = machine_of_readings(
        readings(system=WINDOWS, displays=[ADAPTER, {"name": "Intel(R) UHD Graphics 630", "pnp": "pci\\ven_8086&dev_3e9b", "driver": "1.2.3.4567"}])
    )
    assert machine.driver == Driver(version="551.61", cuda="12.4", source="registry")
    assert [(gpu.vendor, gpu.compute_capability, gpu.pci_id) for gpu in machine.gpus] == [("nvidia", "6.1", "10de:1c82"), ("intel", None, "8086:3e9b")]


def test_windows_11_calls_itself_windows_10() -> None:
    told = {**WINDOWS, "windows": {"ProductName": "Windows 10 Home", "DisplayVersion": "24H2", "CurrentBuild": "26100"}}
    assert machine_of_readings(readings(system=told)).os.name == "Windows 11 Home 24H2"


def test_a_mac() -> None:
    machine = machine_of_readings(
        readings(
            system={"family": "macos", "machine": "arm64", "kernel": "24.1.0", "macos": "15.1"},
            processor={"model": "Apple M2", "cores": 8, "features": []},
            displays=[{"name": "Apple M2", "pnp": "sppci_vendor_Apple"}],
        )
    )
    assert (machine.os.name, machine.arch, machine.driver, machine.notes) == ("macOS 15.1", "arm64", None, ())
    assert [(gpu.name, gpu.vendor) for gpu in machine.gpus] == [("Apple M2", "apple")]


def test_parts_that_failed_are_noted_and_the_rest_stands() -> None:
    machine = machine_of_readings(readings(nvidia=None, processor=None, configuration=None, problems={"processor": "ValueError: odd"}))
    assert (machine.gpus, machine.driver, machine.cpu.cores) == ((), None, None)
    assert [note.cause for note in machine.notes] == ["probe-source-failed"]
