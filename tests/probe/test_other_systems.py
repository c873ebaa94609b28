"""Windows and macOS, whose own interfaces stand in here as small classes that hold what those systems would say: none of this has run on them."""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from drivetrain.model.machine import Driver
from drivetrain.probe import gather
from drivetrain.probe.assembly import machine_of_readings

ADAPTERS = "SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}"
WINDOWS = {
    "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion": {"ProductName": "Windows 10 Pro", "DisplayVersion": "22H2", "CurrentBuild": "19045"},
    "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0": {"ProcessorNameString": "Intel(R) Core(TM) i5-8300H CPU @ 2.30GHz  "},
    ADAPTERS + "\\0000": {"DriverDesc": "Intel(R) UHD Graphics 630", "MatchingDeviceId": "PCI\\VEN_8086&DEV_3E9B", "DriverVersion": "30.0.101.1994"},
    ADAPTERS + "\\0001": {
        "DriverDesc": "NVIDIA GeForce GTX 1050 Ti",
        "MatchingDeviceId": "pci\\ven_10de&dev_1c8c",
        "DriverVersion": "31.0.15.5161",
        "HardwareInformation.qwMemorySize": 4294967296,
    },
    ADAPTERS + "\\Properties": {},
}


class Registry(ModuleType):
    """The functions of winreg that are used, over a dictionary."""

    HKEY_LOCAL_MACHINE = HKEY_CURRENT_USER = 0

    def __init__(self, keys: dict[str, dict[str, Any]]) -> None:
        super().__init__("winreg")
        self.keys = keys

    @contextmanager
    def OpenKey(self, root: int, key: str) -> Iterator[str]:
        if not any(f"{each}\\".startswith(f"{key}\\") for each in self.keys):
            raise FileNotFoundError(key)
        yield key

    def QueryValueEx(self, key: str, name: str) -> tuple[Any, int]:
        if name not in self.keys.get(key, {}):
            raise FileNotFoundError(name)
        return self.keys[key][name], 1

    def EnumKey(self, key: str, index: int) -> str:
        below = sorted({each[len(key) + 1 :].split("\\")[0] for each in self.keys if each.startswith(f"{key}\\")})
        if index >= len(below):
            raise OSError("no more")
        return below[index]


class Kernel32:
    """What two functions of kernel32.dll say on a machine with AVX2 and 16 GiB."""

    def IsProcessorFeaturePresent(self, number: int) -> bool:
        return number <= 40

    def GlobalMemoryStatusEx(self, status: Any) -> bool:
        assert status[0] == 64, "the size of MEMORYSTATUSEX"
        status[1] = 16 << 30
        return True


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gather.Host:
    python = tmp_path / "Python311/python.exe"
    (python.parent / "include").mkdir(parents=True)
    python.write_bytes(b"MZ")
    (python.parent / "include/patchlevel.h").write_text('#define PY_VERSION      "3.11.7"\n')
    copied = tmp_path / "work/.venv/Scripts/python.exe"
    copied.parent.mkdir(parents=True)
    copied.write_bytes(b"MZ")
    (copied.parent.parent / "pyvenv.cfg").write_text("home = x\n")
    toolkit = tmp_path / "Programs/CUDA/v12.4"
    (toolkit / "include").mkdir(parents=True)
    (toolkit / "version.json").write_text('{"cuda": {"version": "12.4.0"}}')
    (toolkit / "include/cudnn_version.h").write_text("#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n#define CUDNN_PATCHLEVEL 0\n")
    (tmp_path / "AppData/pip").mkdir(parents=True)
    (tmp_path / "AppData/pip/pip.ini").write_text("[global]\nindex-url = https://mirror.index.example/simple\n")
    keys = {**WINDOWS, "SOFTWARE\\Python\\PythonCore\\3.11\\InstallPath": {"": str(python.parent), "ExecutablePath": str(python)}}
    monkeypatch.setitem(sys.modules, "winreg", Registry(keys))
    monkeypatch.setattr(sys, "getwindowsversion", lambda: (10, 0, 19045, 2, ""), raising=False)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=Kernel32()), raising=False)
    monkeypatch.setenv("PROCESSOR_ARCHITEW6432", "AMD64")
    environ = {
        "PATH": str(copied.parent),
        "APPDATA": str(tmp_path / "AppData"),
        "ProgramData": str(tmp_path / "ProgramData"),
        "ProgramFiles": str(tmp_path / "Programs"),
        "CUDA_PATH": str(toolkit),
        "CUDA_PATH_V12_4": str(toolkit),
    }
    return gather.Host({"family": "windows", "root": str(tmp_path / "root"), "home": str(tmp_path), "folder": str(tmp_path / "work"), "environ": environ})


def test_windows(windows: gather.Host, tmp_path: Path) -> None:
    readings = gather.readings(windows)
    assert readings["problems"] == {}
    machine = machine_of_readings(json.loads(json.dumps(readings)))
    assert (machine.os.family, machine.os.name, machine.os.kernel, machine.arch) == ("windows", "Windows 10 Pro 22H2", "10.0.19045", "x86_64")
    assert (machine.cpu.model, machine.cpu.features) == ("Intel(R) Core(TM) i5-8300H CPU @ 2.30GHz", ("ssse3", "sse4_1", "sse4_2", "avx", "avx2"))
    assert machine.memory_bytes == 16 << 30
    assert machine.driver == Driver(version="551.61", cuda="12.4", source="registry")
    assert [(gpu.vendor, gpu.name, gpu.compute_capability, gpu.memory_total_bytes) for gpu in machine.gpus] == [
        ("intel", "Intel(R) UHD Graphics 630", None, None),
        ("nvidia", "NVIDIA GeForce GTX 1050 Ti", "6.1", 4294967296),
    ]
    assert [(each.version, each.source) for each in machine.pythons or ()] == [("3.11.7", "py-launcher")], "an environment's copy is no interpreter"
    assert [each.version for each in machine.toolkits] == ["12.4.0"]
    assert [each.version for each in machine.cudnn] == ["9.1.0"]
    assert [each.name for each in machine.indexes] == ["https://mirror.index.example/simple"]
    assert [each.path for each in machine.environments] == [str(tmp_path / "work/.venv")]


def test_an_apple_chip_under_an_intel_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "hw.optional.arm64": "1\n",
        "machdep.cpu.brand_string": "Apple M2\n",
        "SPDisplaysDataType": json.dumps(
            {"SPDisplaysDataType": [{"_name": "kHW_AppleM2Item", "sppci_model": "Apple M2", "spdisplays_vendor": "sppci_vendor_Apple"}]}
        ),
    }

    def output(command: list[str], seconds: float, environ: object = None) -> dict[str, Any]:
        return {"code": 0, "out": next(text for key, text in said.items() if key in command), "err": ""}

    monkeypatch.setattr(gather, "output", output)
    monkeypatch.setattr("os.uname", lambda: SimpleNamespace(machine="x86_64", release="24.1.0"))
    (tmp_path / "System/Library/CoreServices").mkdir(parents=True)
    (tmp_path / "System/Library/CoreServices/SystemVersion.plist").write_text("<key>ProductVersion</key>\n\t<string>15.1</string>")
    host = gather.Host({"family": "macos", "root": str(tmp_path), "home": str(tmp_path), "folder": str(tmp_path), "environ": {"PATH": ""}})
    readings = gather.readings(host)
    assert readings["problems"] == {}
    machine = machine_of_readings(readings)
    assert (machine.os.name, machine.os.glibc, machine.arch, machine.cpu.model) == ("macOS 15.1", None, "arm64", "Apple M2")
    assert [(gpu.name, gpu.vendor) for gpu in machine.gpus] == [("Apple M2", "apple")]
    assert (machine.driver, machine.notes) == (None, ())
