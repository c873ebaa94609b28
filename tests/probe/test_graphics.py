"""GPUs and the driver: from each source alone, from all together, and when one of them hangs, crashes or lacks what newer ones have."""

from __future__ import annotations

import time

import pytest
from laid_out import RTX_4090, Layout

from drivetrain.model.machine import Driver, Gpu, Machine

QUERY = "name, uuid, driver_version, compute_cap, memory.total [MiB], memory.used [MiB], utilization.gpu [%], pci.device_id, pci.bus_id"
ROW = "NVIDIA GeForce RTX 3090, GPU-2222, 535.104.05, 8.6, 24576 MiB, 300 MiB, 0 %, 0x220410DE, 00000000:01:00.0"


def causes(machine: Machine) -> list[str]:
    return [note.cause for note in machine.notes]


def test_a_working_driver_is_read_through_nvml(layout: Layout) -> None:
    layout.driver()
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    machine = layout.machine()
    assert machine.driver == Driver(version="550.54.14", cuda="12.4", source="nvml")
    assert machine.gpus == (
        Gpu(
            name="NVIDIA GeForce RTX 4090",
            uuid="GPU-1111",
            compute_capability="8.9",
            memory_total_bytes=25757220864,
            memory_used_bytes=1153433600,
            utilization_percent=3,
            pci_id="10de:2684",
            driver_bound=True,
        ),
    )
    assert machine.notes == ()


def test_several_gpus_and_what_one_of_them_does_not_tell(layout: Layout) -> None:
    layout.driver(
        nvml=f"{RTX_4090};Tesla V100-SXM2-16GB|GPU-2|7.0|17179869184|0|N|1db1|41",
        cuda="NVIDIA GeForce RTX 4090|8.9|1|0000:01:00.0;Tesla V100|7.0|1|0000:41:00.0",
    )
    machine = layout.machine()
    assert [(gpu.name, gpu.compute_capability, gpu.utilization_percent) for gpu in machine.gpus] == [
        ("NVIDIA GeForce RTX 4090", "8.9", 3),
        ("Tesla V100-SXM2-16GB", "7.0", None),
    ]
    assert machine.notes == ()


def test_what_an_old_nvml_lacks_comes_from_the_tables(layout: Layout) -> None:
    layout.driver(
        nvml="GeForce GTX 1080|GPU-3||8589934592|1000|0|1b80|01", cuda="", which="old", STUB_NVML_DRIVER="390.46", STUB_CUDA_INIT="100", STUB_CUDA_VERSION="0"
    )
    machine = layout.machine()
    assert machine.driver == Driver(version="390.46", cuda="9.1", source="nvml")
    assert (machine.gpus[0].compute_capability, machine.gpus[0].memory_used_bytes) == ("6.1", 2000)


def test_without_nvml_nvidia_smi_is_asked_for_fields(layout: Layout) -> None:
    layout.smi(f'echo "{QUERY}"; echo "{ROW}"')
    layout.display("0000:01:00.0", "10de", "2204", "nvidia")
    machine = layout.machine()
    assert machine.driver == Driver(version="535.104.05", cuda="12.2", source="nvidia-smi")
    assert [(gpu.name, gpu.compute_capability, gpu.memory_total_bytes, gpu.memory_used_bytes, gpu.pci_id) for gpu in machine.gpus] == [
        ("NVIDIA GeForce RTX 3090", "8.6", 24576 << 20, 300 << 20, "10de:2204")
    ]


def test_a_field_that_an_old_nvidia_smi_lacks_does_not_sink_the_rest(layout: Layout) -> None:
    layout.smi(
        """case "$1" in *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;; esac
        echo "name, uuid, driver_version, memory.total [MiB], memory.used [MiB], utilization.gpu [%], pci.device_id, pci.bus_id"
        echo "GeForce GTX 1050 Ti, GPU-4, 470.199.02, 4040 MiB, 12 MiB, [N/A], 0x1C8210DE, 00000000:01:00.0" """
    )
    machine = layout.machine()
    assert machine.driver == Driver(version="470.199.02", cuda="11.4", source="nvidia-smi")
    assert [(gpu.name, gpu.compute_capability, gpu.utilization_percent) for gpu in machine.gpus] == [("GeForce GTX 1050 Ti", "6.1", None)]


@pytest.mark.parametrize(
    ("banner", "driver", "cuda"),
    [
        ("| NVIDIA-SMI 545.84   Driver Version: 545.84   CUDA Version: 12.3 |", "545.84", "12.3"),
        ("| NVIDIA-SMI 610.57.04   KMD Version: 610.57.04   CUDA UMD Version: 13.3 |", "610.57.04", "13.3"),
        ("| NVIDIA-SMI 390.46   Driver Version: 390.46 |", "390.46", "9.1"),
    ],
)
def test_the_banner_is_the_last_resort(layout: Layout, banner: str, driver: str, cuda: str) -> None:
    layout.smi(f"case \"$1\" in --query*) echo 'option not recognized'; exit 2;; esac; echo '{banner}'")
    layout.display("0000:01:00.0", "10de", "1b80", "nvidia")
    machine = layout.machine()
    assert machine.driver == Driver(version=driver, cuda=cuda, source="nvidia-smi")
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce GTX 1080"]


def test_libcuda_alone_serves(layout: Layout) -> None:
    layout.driver(cuda="Orin|8.7|32000000000|", STUB_NVML_INIT="12", STUB_CUDA_VERSION="12060")
    machine = layout.machine()
    assert machine.driver == Driver(version="", cuda="12.6", source="libcuda")
    assert [(gpu.name, gpu.compute_capability) for gpu in machine.gpus] == [("Orin", "8.7")]


def test_a_jetson_whose_driver_does_not_answer_is_named_by_its_board(layout: Layout) -> None:
    layout.file("/proc/device-tree/model", "NVIDIA Jetson AGX Orin Developer Kit\0")
    assert [(gpu.name, gpu.compute_capability) for gpu in layout.machine().gpus] == [("NVIDIA Jetson AGX Orin", "8.7")]


def test_gpus_of_other_makers_are_listed_by_name(layout: Layout) -> None:
    layout.display("0000:03:00.0", "1002", "744c", "amdgpu")
    layout.display("0000:00:02.0", "8086", "56a0", "i915")
    layout.display("0000:00:01.0", "1234", "1111")
    layout.file(
        "/usr/share/misc/pci.ids",
        "# list\n1001  Kolter\n\t744c  Wrong\n1002  AMD/ATI\n\t73bf  Navi 21\n\t\t1002 0e3a  Board\n\t744c  Navi 31 [Radeon RX 7900 XTX]\n"
        "8086  Intel\n\t56a0  DG2 [Arc A770]\n",
    )
    machine = layout.machine()
    assert {(gpu.vendor, gpu.name) for gpu in machine.gpus} == {("amd", "AMD Navi 31 [Radeon RX 7900 XTX]"), ("intel", "Intel DG2 [Arc A770]")}
    assert (machine.driver, machine.notes) == (None, ())


def test_a_hanging_nvidia_smi_costs_its_bound_and_a_note(layout: Layout) -> None:
    layout.smi("/bin/sleep 600")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    layout.module("550.54.14")
    started = time.monotonic()
    machine = layout.machine(timeout_seconds=0.5)
    assert time.monotonic() - started < 3
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce RTX 4090"]
    assert machine.driver == Driver(version="550.54.14", cuda="12.4", source="proc")
    assert "probe-source-failed" in causes(machine)


def test_a_hanging_nvml_is_left_out_and_nvidia_smi_serves(layout: Layout) -> None:
    layout.driver(STUB_NVML_HANG="1")
    layout.smi(f'echo "{QUERY}"; echo "{ROW}"')
    machine = layout.machine(timeout_seconds=0.5)
    assert machine.driver is not None
    assert machine.driver.source == "nvidia-smi"
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce RTX 3090"]
    assert causes(machine) == ["probe-source-failed"]


def test_a_hanging_libcuda_does_not_take_nvml_with_it(layout: Layout) -> None:
    layout.driver(STUB_CUDA_HANG="1")
    machine = layout.machine(timeout_seconds=0.5)
    assert machine.driver == Driver(version="550.54.14", cuda="12.4", source="nvml")
    assert causes(machine) == ["probe-source-failed"]


def test_a_crashing_nvml_is_a_note(layout: Layout) -> None:
    layout.driver(STUB_NVML_CRASH="1")
    machine = layout.machine()
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce RTX 4090"]
    assert machine.driver is not None
    assert (machine.driver.source, causes(machine)) == ("libcuda", ["probe-source-failed"])


def test_without_a_trace_of_nvidia_nothing_is_started(layout: Layout) -> None:
    readings = layout.readings()
    assert {"nvml", "libcuda", "smi"}.isdisjoint(readings["nvidia"])
    assert readings["seconds"]["nvidia"] < 0.1


def test_a_library_that_the_loader_does_not_look_for_is_read_where_it_lies(layout: Layout) -> None:
    layout.driver()
    (layout.root / "usr/lib/wsl/lib").mkdir(parents=True)
    for name in ("libnvidia-ml.so.1", "libcuda.so.1"):
        (layout.root / "usr/lib/wsl/lib" / name).symlink_to(layout.libraries / "new" / name)
    del layout.variables["LD_LIBRARY_PATH"]
    machine = layout.machine()
    assert machine.driver == Driver(version="550.54.14", cuda="12.4", source="nvml")
    assert machine.notes == ()


def test_without_a_binding_nvidia_smi_answers_and_without_that_libcuda(layout: Layout) -> None:
    layout.driver()
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    machine = layout.machine(bound=False)
    assert (machine.driver, machine.notes) == (Driver(version="550.54.14", cuda="12.4", source="libcuda"), ())
    assert [(gpu.name, gpu.pci_id) for gpu in machine.gpus] == [("NVIDIA GeForce RTX 4090", "10de:2684")]
    layout.smi(f'echo "{QUERY}"; echo "{ROW.replace("0x2204", "0x2684")}"')
    machine = layout.machine(bound=False)
    assert (machine.driver and machine.driver.source, [gpu.uuid for gpu in machine.gpus]) == ("nvidia-smi", ["GPU-2222"])


def test_a_driver_older_than_the_binding_is_read_by_nvidia_smi(layout: Layout) -> None:
    layout.driver(which="ancient")
    layout.smi(f'echo "{QUERY}"; echo "{ROW}"')
    machine = layout.machine()
    assert (machine.driver and machine.driver.source, machine.notes) == ("nvidia-smi", ())
    layout.smi("exit 1")
    layout.variables["STUB_CUDA_INIT"] = "100"
    assert any("Function Not Found" in note.says for note in layout.machine().notes)


def test_a_gpu_that_nvml_may_not_read_does_not_sink_the_other(layout: Layout) -> None:
    layout.driver(nvml=f"!4;{RTX_4090}")
    machine = layout.machine()
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce RTX 4090"]
    assert [(note.cause, note.says) for note in machine.notes] == [("probe-source-failed", "NVML does not read GPU 0: Insufficient Permissions (error 4)")]


def test_nvml_that_may_not_start(layout: Layout) -> None:
    layout.driver(STUB_NVML_INIT="4")
    assert [note.says for note in layout.machine().notes] == ["NVML does not start: Insufficient Permissions (error 4)"]
