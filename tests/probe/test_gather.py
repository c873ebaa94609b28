"""The one file that runs anywhere: under every Python from 3.6 on, over stdin, small, and isolated from noise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from laid_out import GATHER, Layout

from drivetrain.errors import EngineError
from drivetrain.probe import probe, readings


def interpreters() -> list[str]:
    """Finds one interpreter of each minor version that pyenv has here, and our own."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = {path.parent.parent.name.rsplit(".", 1)[0]: str(path) for path in sorted(root.glob("3.*/bin/python3"))}
    return [found.get(f"3.{minor}", "") for minor in range(6, 15) if f"3.{minor}" in found] or [sys.executable]


@pytest.mark.parametrize("python", interpreters(), ids=lambda path: Path(path).parent.parent.name)
def test_every_python_reads_the_same_machine(layout: Layout, python: str) -> None:
    layout.driver()
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    here, there = layout.readings(), layout.readings(python=python)
    for each in (here, there):
        assert each["problems"] == {}
        for source in ("nvml", "libcuda"):
            del each["nvidia"][source]["seconds"]
    assert there["nvidia"] == here["nvidia"]
    assert (there["system"], there["processor"], there["pythons"]) == (here["system"], here["processor"], here["pythons"])


def test_it_is_one_small_file() -> None:
    assert GATHER.stat().st_size < 64 * 1024


def test_its_cookies_are_the_ones_that_are_looked_for() -> None:
    from drivetrain.probe import gather

    assert gather.COOKIES == readings.COOKIES


def test_noise_around_the_document_is_no_harm() -> None:
    start, end = readings.COOKIES
    assert readings.readings_of(f'motd: welcome\n{start}{{"schema": 1}}{end}\nbye') == {"schema": 1}


@pytest.mark.parametrize("printed", ["", "Traceback ...", readings.COOKIES[0] + "{", readings.COOKIES[0] + "{" + readings.COOKIES[1]])
def test_no_document_is_an_error(printed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (JSON's own message)
        readings.readings_of(printed)


def test_a_process_that_says_nothing_is_an_engine_error() -> None:
    silent = subprocess.Popen([sys.executable, "-c", "raise SystemExit('no luck')"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with pytest.raises(EngineError, match="no luck"):
        readings.finished(silent, 1.0)


def test_this_machine() -> None:
    machine = probe()
    assert machine.os.family in ("linux", "macos", "windows")
    assert not machine.described
    assert machine.cpu.cores
    assert machine.memory_bytes
    assert machine.memory_bytes > 1 << 20
    assert machine.disk_free_bytes
    assert machine.pythons
    assert machine.indexes
    assert not [note for note in machine.notes if "could not be read" in note.says]


def test_the_process_that_looks_has_the_binding(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although it starts without site-packages."""
    layout.driver()
    for name in ("LD_LIBRARY_PATH", "STUB_NVML_GPUS", "STUB_CUDA_GPUS"):
        monkeypatch.setenv(name, layout.variables[name])
    machine = probe(timeout_seconds=10)
    assert machine.driver is not None
    assert (machine.driver.source, machine.driver.version) == ("nvml", "550.54.14")


def test_an_old_binding_answers_in_bytes_and_knows_less() -> None:
    from drivetrain.probe import gather

    def memory(handle: str) -> SimpleNamespace:
        return SimpleNamespace(total=12, used=3)

    def lost(handle: str) -> int:
        raise LookupError("no such function")

    old = SimpleNamespace(
        nvmlDeviceGetHandleByIndex=lambda index: "handle",
        nvmlDeviceGetName=lambda handle: b"Tesla K80",
        nvmlDeviceGetUUID=lambda handle: b"GPU-5",
        nvmlDeviceGetMemoryInfo=memory,
        nvmlDeviceGetUtilizationRates=lost,
    )
    assert gather.nvml_gpu(gather.Nvml(old), 0) == {"name": "Tesla K80", "uuid": "GPU-5", "memory": [12, 3]}


def test_systems_without_fork_ask_in_a_program_of_its_own(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows does, on the stub libraries of this system."""
    from drivetrain.probe import gather

    layout.driver()
    for name in ("STUB_NVML_GPUS", "STUB_CUDA_GPUS"):
        monkeypatch.setenv(name, layout.variables[name])
    nvml, cuda = (str(layout.libraries / "new" / name) for name in ("libnvidia-ml.so.1", "libcuda.so.1"))
    for kind in (gather.Program, gather.Thread):
        told = kind(gather.libcuda_answer, cuda).answer(time.time() + 10)
        assert (told["init"], told["gpus"][0]["name"]) == (0, "NVIDIA GeForce RTX 4090")
    binding = readings.binding() or ""
    assert gather.Program(gather.nvml_answer, nvml, binding).answer(time.time() + 10)["driver"] == "550.54.14"
    assert "error" in gather.Program(gather.nvml_answer, nvml + ".missing", binding).answer(time.time() + 10)
    monkeypatch.setenv("STUB_NVML_CRASH", "1")
    assert gather.Program(gather.nvml_answer, nvml, binding).answer(time.time() + 10) == {"error": "crashed"}
    monkeypatch.setenv("STUB_CUDA_HANG", "1")
    assert gather.Program(gather.libcuda_answer, cuda).answer(time.time() + 0.3)["timed_out"]
