"""A machine laid out in a folder: its /sys, /proc and /dev, stub driver libraries with the real ABI, and a stub nvidia-smi."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from drivetrain.model.machine import Machine
from drivetrain.probe.assembly import machine_of_readings
from drivetrain.probe.readings import binding, readings_of

STUBS = Path(__file__).with_name("stubs")
GATHER = Path(__file__).parents[2] / "src" / "drivetrain" / "probe" / "gather.py"
RTX_4090 = "NVIDIA GeForce RTX 4090|GPU-1111|8.9|25757220864|1153433600|3|2684|01"
RTX_4090_CUDA = "NVIDIA GeForce RTX 4090|8.9|25393692672|0000:01:00.0"


class Layout:
    """A machine in a folder."""

    def __init__(self, folder: Path, libraries: Path) -> None:
        self.root = folder / "root"
        self.home = folder / "home"
        self.work = folder / "work"
        self.programs = folder / "bin"
        self.libraries = libraries
        for each in (self.root, self.home, self.work, self.programs):
            each.mkdir()
        self.variables: dict[str, str] = {"PATH": str(self.programs), "HOME": str(self.home)}
        self.file("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
        self.file("/etc/os-release", 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')

    def file(self, path: str, text: str = "") -> Path:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def display(self, slot: str, vendor: str, device: str, driver: str | None = None) -> None:
        folder = f"/sys/bus/pci/devices/{slot}/"
        self.file(folder + "class", "0x030000\n")
        self.file(folder + "vendor", f"0x{vendor}\n")
        self.file(folder + "device", f"0x{device}\n")
        if driver:
            self.file(f"/sys/bus/pci/drivers/{driver}/bind")
            (self.root / folder.lstrip("/") / "driver").symlink_to(self.root / "sys/bus/pci/drivers" / driver)

    def module(self, version: str) -> None:
        self.file("/sys/module/nvidia/version", version + "\n")
        self.file("/proc/driver/nvidia/version", f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Thu Feb 22 01:44:30 UTC 2024\nGCC version:\n")

    def driver(self, *, nvml: str = RTX_4090, cuda: str = RTX_4090_CUDA, which: str = "new", **variables: str) -> None:
        """Puts the driver's libraries where the loader finds them."""
        self.variables.update({"LD_LIBRARY_PATH": str(self.libraries / which), "STUB_NVML_GPUS": nvml, "STUB_CUDA_GPUS": cuda, **variables})
        for name in ("nvidia0", "nvidiactl", "nvidia-uvm"):
            self.file("/dev/" + name)

    def smi(self, script: str) -> Path:
        program = self.programs / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    def readings(self, *, python: str = sys.executable, timeout_seconds: float = 2.0, bound: bool = True) -> dict[str, Any]:
        """Gathers as here, or, not `bound`, as on a host of a fleet that has no binding of NVML's."""
        request = {
            "binding": binding() if bound else None,
            "root": str(self.root),
            "home": str(self.home),
            "folder": str(self.work),
            "prefix": str(self.home),
            "timeout_seconds": timeout_seconds,
        }
        asked = subprocess.run(
            [python, "-I", "-S", "-W", "error", "-", json.dumps(request)], input=GATHER.read_bytes(), env=self.variables, capture_output=True, timeout=60
        )
        assert asked.returncode == 0, asked.stderr.decode()
        return readings_of(asked.stdout.decode())

    def machine(self, **options: Any) -> Machine:
        return machine_of_readings(self.readings(**options))
