"""nvidia-smi's outputs, in the wordings of many drivers."""

from __future__ import annotations

import pytest

from drivetrain.formats.nvidia_proc import module_gpu_of, module_version_of
from drivetrain.formats.nvidia_smi import Banner, SmiGpu, banner_of, gpus_of_query, lost_of, trouble_of

HEADER = "name, uuid, driver_version, compute_cap, memory.total [MiB], memory.used [MiB], utilization.gpu [%], pci.device_id, pci.bus_id\n"


@pytest.mark.parametrize(
    ("text", "banner"),
    [
        ("| NVIDIA-SMI 384.130                Driver Version: 384.130                   |", Banner(driver="384.130")),
        ("| NVIDIA-SMI 418.87.00    Driver Version: 418.87.00    CUDA Version: 10.1     |", Banner(driver="418.87.00", cuda="10.1")),
        ("| NVIDIA-SMI 470.199.02   Driver Version: 470.199.02   CUDA Version: 11.4     |", Banner(driver="470.199.02", cuda="11.4")),
        ("| NVIDIA-SMI 551.61                 Driver Version: 551.61         CUDA Version: 12.4     |", Banner(driver="551.61", cuda="12.4")),
        ("| NVIDIA-SMI 565.51.01              Driver Version: 565.90         CUDA Version: 12.7     |", Banner(driver="565.90", cuda="12.7")),
        ("| NVIDIA-SMI 610.43.02              Driver Version: 610.43.02      CUDA Version: 13.3     |", Banner(driver="610.43.02", cuda="13.3")),
        ("| NVIDIA-SMI 610.57.04              KMD Version: 610.57.04     CUDA UMD Version: 13.3     |", Banner(driver="610.57.04", cuda="13.3")),
        ("| NVIDIA-SMI 615.71.08              KMD Version: 616.92        CUDA UMD Version: 13.4     |", Banner(driver="616.92", cuda="13.4")),
        ("| NVIDIA-SMI 545.23.06    Driver Version: 545.23.06    CUDA Version: N/A      |", Banner(driver="545.23.06")),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", Banner()),
        ("", Banner()),
    ],
)
def test_banners(text: str, banner: Banner) -> None:
    assert banner_of(f"+-----+\n{text}\n|-----|\n") == banner


def test_query() -> None:
    text = HEADER + (
        "NVIDIA H100 80GB HBM3, GPU-a, 550.54.14, 9.0, 81559 MiB, 4 MiB, 0 %, 0x233010DE, 00000000:0F:00.0\n"
        "NVIDIA A100-SXM4-40GB, GPU-b, 550.54.14, 8.0, 40960 MiB, [Insufficient Permissions], [N/A], 0x20B010DE, 00000001:10:00.0\n"
    )
    assert gpus_of_query(text) == (
        SmiGpu(
            name="NVIDIA H100 80GB HBM3",
            uuid="GPU-a",
            compute_capability="9.0",
            memory_total_bytes=81559 << 20,
            memory_used_bytes=4 << 20,
            utilization_percent=0,
            device_id="2330",
            slot="0000:0f:00.0",
            driver="550.54.14",
        ),
        SmiGpu(
            name="NVIDIA A100-SXM4-40GB",
            uuid="GPU-b",
            compute_capability="8.0",
            memory_total_bytes=40960 << 20,
            device_id="20b0",
            slot="0001:10:00.0",
            driver="550.54.14",
        ),
    )


@pytest.mark.parametrize("silence", ["N/A", "[N/A]", "[Not Supported]", "[Unknown Error]", "[GPU is lost]"])
def test_what_is_not_said_is_none(silence: str) -> None:
    (gpu,) = gpus_of_query(HEADER + f"Tesla K80, {silence}, {silence}, {silence}, {silence}, {silence}, {silence}, {silence}, {silence}\n")
    assert gpu == SmiGpu(name="Tesla K80")


@pytest.mark.parametrize("text", ["", "No devices were found\n", HEADER, 'Field "compute_cap" is not a valid field to query.\n', "warning: a, b\n"])
def test_no_gpus(text: str) -> None:
    assert gpus_of_query(text) == ()


def test_a_warning_before_the_header_and_a_torn_line_are_passed_over() -> None:
    text = "WARNING: infoROM is corrupted at gpu 0000:65:00.0, see the log\n" + "name, driver_version\nTesla T4, 535.1\nTesla"
    assert [(gpu.name, gpu.driver) for gpu in gpus_of_query(text)] == [("Tesla T4", "535.1")]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\nGCC version:  gcc 12\n", "550.54.14"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder)\n", "580.65.06"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.3.0  Release Build\n", "540.3.0"),
        ("", None),
    ],
)
def test_kernel_module(text: str, version: str | None) -> None:
    assert module_version_of(text) == version


def test_gpu_of_the_kernel_module() -> None:
    gpu = module_gpu_of("Model: \t\t NVIDIA GeForce GTX 1080\nIRQ:   \t\t 16\nGPU UUID: \t GPU-????????-????\nBus Location: \t 0000:0A:00.0\n")
    assert (gpu.name, gpu.slot, gpu.uuid) == ("NVIDIA GeForce GTX 1080", "0000:0a:00.0", None)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.129\n", "mismatch"),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed.", "no-driver"),
        ("Failed to initialize NVML: Driver Not Loaded", "no-driver"),
        ("Failed to initialize NVML: Unknown Error", None),
        ("No devices were found", None),
        ("", None),
    ],
)
def test_its_words_for_a_driver_that_does_not_start(text: str, trouble: str | None) -> None:
    assert trouble_of(text) == trouble


def test_gpus_that_it_calls_lost() -> None:
    told = "Unable to determine the device handle for GPU 0000:0B:00.0: GPU is lost.  Reboot the system to recover this GPU\n"
    row = "NVIDIA GeForce RTX 3090, [GPU is lost], 00000000:0C:00.0\nNVIDIA GeForce RTX 3090, 12 MiB, 00000000:0D:00.0\n"
    assert lost_of(told + row) == ("0000:0b:00.0", "00000000:0c:00.0")
    assert lost_of(row.replace("lost", "fine")) == ()
