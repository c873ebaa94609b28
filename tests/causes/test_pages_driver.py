"""The pages about the driver, the kernel, WSL and the GPU's memory: each kind of line gets its cause, a neighbour's line does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from causes_told import causes, first_cause

_TOLD: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "pages_driver.json").read_text(encoding="utf-8"))
CASES = [(slugs, "\n".join(case["log"]), case["facts"]) for slugs, cases in _TOLD.items() for case in cases]


@pytest.mark.parametrize(("slugs", "log", "facts"), CASES, ids=[f"{number}-{slugs.split('|')[0]}" for number, (slugs, _, _) in enumerate(CASES)])
def test_a_line_gets_its_cause(slugs: str, log: str, facts: dict[str, Any]) -> None:
    """Where the line alone does not decide, each of the causes named with | is right."""
    assert first_cause(log, facts) in slugs.split("|")


NEIGHBOURS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "driver-too-old-for-cuda",
        "CUDA error: no kernel image is available for execution on the device",
        {"framework": "torch", "driver": "580.65"},
        "compute-capability-not-in-build",
    ),
    ("driver-too-old-for-cuda", "CUDA driver version is insufficient for CUDA runtime version", {"framework": "torch", "driver": "none"}, "no-nvidia-driver"),
    (
        "driver-library-version-mismatch",
        "Failed to initialize NVML: Driver/library version mismatch",
        {"reboot_tried": True},
        "driver-packages-partially-upgraded",
    ),
    (
        "driver-library-version-mismatch",
        "Error 804: forward compatibility was attempted on non supported HW",
        {"container": "docker"},
        "forward-compat-on-unsupported-gpu",
    ),
    (
        "fabric-manager-not-running",
        "fabric manager NVIDIA GPU driver interface version 550.1 don't match with driver version 550.2.",
        {},
        "fabric-manager-driver-version-mismatch",
    ),
    ("gpu-out-of-memory", "CUDA error: uncorrectable ECC error encountered", {"framework": "torch"}, "gpu-hardware-memory-error"),
    (
        "gpu-out-of-memory",
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1048576 bytes.",
        {"framework": "jax", "gpu": "A100 80GB"},
        "gpu-memory-fraction-limits",
    ),
    (
        "gpu-memory-held-by-other-process",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        {"framework": "torch"},
        "gpu-out-of-memory",
    ),
    ("compute-capability-not-in-build", "HIP error: invalid device function", {"framework": "torch", "gpu": "AMD Radeon RX 6600"}, "gpu-not-supported-by-rocm"),
    (
        "compute-capability-not-in-build",
        "FlashAttention only supports Ampere GPUs or newer.",
        {"framework": "torch", "gpu": "Tesla T4"},
        "gpu-lacks-required-feature",
    ),
    (
        "kernel-module-not-built-for-running-kernel",
        "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        {},
        "secure-boot-module-unsigned",
    ),
    ("kernel-too-new-or-custom-for-driver", "*** Failed CC version check. Bailing out! ***", {}, "kernel-compiler-mismatch"),
    ("libcuda-link-name-missing", "/usr/bin/ld: cannot find -lcuda", {"os": "wsl2"}, "wsl-driver-stub-missing"),
    ("libcuda-link-name-missing", "/usr/bin/ld: cannot find -lcudart", {"os": "linux"}, "cuda-toolkit-lib-not-on-linker-path"),
    (
        "no-nvidia-gpu-on-machine",
        "AssertionError: Torch not compiled with CUDA enabled",
        {"framework": "torch", "os": "windows", "gpu": "RTX 3060"},
        "cpu-only-package-installed",
    ),
    ("nvidia-uvm-stale-after-suspend", "ls: cannot access '/dev/nvidia-uvm': No such file or directory", {}, "nvidia-uvm-device-missing"),
    (
        "gpu-fell-off-bus",
        "Unable to determine the device handle for GPU0: 0000:C1:00.0: Unknown Error",
        {"os": "wsl2", "driver_model": "one TCC, one WDDM"},
        "wsl-gpu-in-tcc-mode",
    ),
    ("gpu-fell-off-bus", "NVRM: Xid (PCI:0000:3b:00): 63, pid=12, Row Remapper: New row marked for remapping", {}, "gpu-hardware-memory-error"),
]


@pytest.mark.parametrize(("not_this", "log", "facts", "slug"), NEIGHBOURS, ids=[f"{number}-{each[3]}" for number, each in enumerate(NEIGHBOURS)])
def test_a_neighbour_s_line_goes_to_the_neighbour(not_this: str, log: str, facts: dict[str, Any], slug: str) -> None:
    found = causes(log, facts)
    assert found[0] == slug
    assert not_this != found[0]


@pytest.mark.parametrize(
    "log",
    [
        "RuntimeError: CUDA error: device-side assert triggered",
        "ValueError: Expected input batch_size (32) to match target batch_size (16).",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
        "systemd[1]: Starting NVIDIA Persistence Daemon...\nsystemd[1]: Started NVIDIA Persistence Daemon.",
        "[    4.1] nvidia: module verification failed: signature and/or required key missing - tainting kernel",
        "[    4.2] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024",
        "Epoch 3/10\n1875/1875 [==============================] - 4s 2ms/step - loss: 0.0321 - accuracy: 0.9901",
        "| N/A   34C    P0    25W /  70W |      0MiB / 15360MiB |      0%      Default |\n|  No running processes found |",
    ],
)
def test_what_is_no_fault_of_the_driver_gets_none_of_its_causes(log: str) -> None:
    assert not {slug for slugs, _, _ in CASES for slug in slugs.split("|")} & set(causes(log))
