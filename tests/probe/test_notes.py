"""What disagrees is said with its cause: the rule speaks, and stays silent on its neighbour."""

from __future__ import annotations

import pytest
from laid_out import RTX_4090, RTX_4090_CUDA, Layout

from drivetrain.model.machine import Machine

WSL = "5.15.153.1-microsoft-standard-WSL2\n"


def causes(machine: Machine) -> list[str]:
    return [note.cause for note in machine.notes]


def test_a_gpu_without_a_driver_is_named_with_its_capability(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "139a")
    machine = layout.machine()
    assert [(gpu.name, gpu.compute_capability, gpu.driver_bound, gpu.pci_id) for gpu in machine.gpus] == [
        ("NVIDIA GeForce GTX 950M", "5.0", False, "10de:139a")
    ]
    assert machine.driver is None
    assert causes(machine) == ["no-nvidia-driver"]
    assert "GTX 950M" in machine.notes[0].says


def test_a_gpu_that_no_table_knows_is_still_listed(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "fff1")
    machine = layout.machine()
    assert [(gpu.name, gpu.compute_capability) for gpu in machine.gpus] == [("NVIDIA GPU 10de:fff1", None)]
    assert causes(machine) == ["no-nvidia-driver"]


def test_nouveau(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "1b80", "nouveau")
    assert causes(layout.machine()) == ["nouveau-active"]


def test_a_gpu_given_to_a_virtual_machine(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "1b80", "vfio-pci")
    machine = layout.machine()
    assert causes(machine) == ["no-nvidia-driver"]
    assert "vfio-pci" in machine.notes[0].says


@pytest.mark.parametrize("mark", ["/.dockerenv", "/run/.containerenv"])
def test_a_container_started_without_its_gpus(layout: Layout, mark: str) -> None:
    """/sys and /proc of the host are in sight, /dev/nvidia0 is not: uv takes this for a machine with CUDA."""
    layout.file(mark)
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    machine = layout.machine()
    assert machine.driver is None
    assert causes(machine) == ["container-without-gpu"]
    assert "550.54.14" in machine.notes[0].says


def test_a_container_with_its_gpus_lists_only_those(layout: Layout) -> None:
    layout.file("/.dockerenv")
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    layout.display("0000:02:00.0", "10de", "2684", "nvidia")
    layout.driver()
    machine = layout.machine()
    assert (len(machine.gpus), machine.notes, machine.os.container) == (1, (), "docker")


def test_a_container_whose_loader_does_not_find_the_driver(layout: Layout) -> None:
    layout.file("/.dockerenv")
    layout.file("/dev/nvidia0")
    layout.module("550.54.14")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    assert causes(layout.machine()) == ["container-driver-lib-not-on-loader-path"]


def test_kernel_module_and_library_of_different_versions(layout: Layout) -> None:
    layout.module("535.104.05")
    layout.driver(STUB_NVML_INIT="18", STUB_CUDA_INIT="803")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    machine = layout.machine()
    assert causes(machine) == ["driver-library-version-mismatch"]
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA GeForce RTX 4090"]


def test_versions_that_differ_though_nvml_still_answers(layout: Layout) -> None:
    layout.module("535.104.05")
    layout.driver()
    machine = layout.machine()
    assert causes(machine) == ["driver-library-version-mismatch"]
    assert "535.104.05" in machine.notes[0].says
    assert "550.54.14" in machine.notes[0].says


def test_no_kernel_module_for_the_running_kernel(layout: Layout) -> None:
    layout.file("/lib/modules/6.8.0-45-generic/modules.dep", "kernel/drivers/net/e1000.ko:\n")
    layout.driver(STUB_NVML_INIT="9", STUB_CUDA_INIT="100")
    layout.display("0000:01:00.0", "10de", "2684")
    assert causes(layout.machine()) == ["kernel-module-not-built-for-running-kernel"]


def test_a_kernel_module_that_is_there_and_not_loaded(layout: Layout) -> None:
    layout.file("/lib/modules/6.8.0-45-generic/modules.dep", "updates/dkms/nvidia.ko:\n")
    layout.driver(STUB_NVML_INIT="9", STUB_CUDA_INIT="100")
    layout.display("0000:01:00.0", "10de", "2684")
    machine = layout.machine()
    assert causes(machine) == ["no-nvidia-driver"]
    assert "kernel module is not loaded" in machine.notes[0].says


def test_the_uvm_device_is_missing(layout: Layout) -> None:
    layout.driver(STUB_CUDA_INIT="999")
    (layout.root / "dev/nvidia-uvm").unlink()
    assert causes(layout.machine()) == ["nvidia-uvm-device-missing"]


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("34", "libcuda-stub-loaded"),
        ("802", "fabric-manager-not-running"),
        ("804", "forward-compat-on-unsupported-gpu"),
        ("803", "driver-library-version-mismatch"),
        ("999", "probe-sources-disagree"),
    ],
)
def test_cuda_that_does_not_start_under_a_driver_that_answers(layout: Layout, code: str, cause: str) -> None:
    layout.driver(STUB_CUDA_INIT=code)
    assert causes(layout.machine()) == [cause]


def test_cuda_visible_devices_hides_gpus(layout: Layout) -> None:
    layout.driver(nvml=f"{RTX_4090};{RTX_4090}", CUDA_VISIBLE_DEVICES="0")
    machine = layout.machine()
    assert causes(machine) == ["cuda-visible-devices-hides-gpu"]
    assert len(machine.gpus) == 2
    layout.variables.update(CUDA_VISIBLE_DEVICES="", STUB_CUDA_GPUS="", STUB_CUDA_INIT="100")
    assert causes(layout.machine()) == ["cuda-visible-devices-hides-gpu"]
    layout.variables.update(CUDA_VISIBLE_DEVICES="0,1", STUB_CUDA_GPUS=f"{RTX_4090_CUDA};{RTX_4090_CUDA}", STUB_CUDA_INIT="0")
    assert causes(layout.machine()) == []


def test_a_gpu_that_fell_off_the_bus(layout: Layout) -> None:
    layout.driver(nvml=f"{RTX_4090};!15")
    machine = layout.machine()
    assert causes(machine) == ["gpu-fell-off-bus"]
    assert len(machine.gpus) == 1


def test_a_gpu_that_falls_off_while_it_is_asked(layout: Layout) -> None:
    layout.driver(nvml=f"{RTX_4090};?15")
    machine = layout.machine()
    assert (causes(machine), len(machine.gpus)) == (["gpu-fell-off-bus"], 1)


def test_a_host_without_a_binding_tells_by_nvidia_smis_words(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "2684")
    layout.smi("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18")
    assert causes(layout.machine(bound=False)) == ["driver-library-version-mismatch"]
    layout.smi('echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."; exit 9')
    machine = layout.machine(bound=False)
    assert causes(machine) == ["no-nvidia-driver"]
    assert "kernel module is not loaded" in machine.notes[0].says


def test_a_lost_gpu_by_nvidia_smis_words(layout: Layout) -> None:
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    layout.module("550.54.14")
    layout.driver()
    layout.smi("echo 'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU'; exit 15")
    machine = layout.machine(bound=False)
    assert causes(machine) == ["gpu-fell-off-bus"]
    assert "0000:01:00.0" in machine.notes[0].says


def test_cuda_visible_devices_on_a_host_without_a_binding(layout: Layout) -> None:
    layout.driver(CUDA_VISIBLE_DEVICES="", cuda="", STUB_CUDA_INIT="100")
    layout.smi('echo "name, driver_version, pci.bus_id"; echo "NVIDIA GeForce RTX 4090, 550.54.14, 00000000:01:00.0"')
    assert causes(layout.machine(bound=False)) == ["cuda-visible-devices-hides-gpu"]


def test_a_gpu_that_a_working_driver_does_not_list(layout: Layout) -> None:
    layout.driver()
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    layout.display("0000:02:00.0", "10de", "1b80")
    machine = layout.machine()
    assert causes(machine) == ["probe-sources-disagree"]
    assert [(gpu.name, gpu.driver_bound) for gpu in machine.gpus][1] == ("NVIDIA GeForce GTX 1080", False)


def test_a_driver_that_lists_no_gpu_at_all(layout: Layout) -> None:
    layout.driver(nvml="", cuda="", STUB_CUDA_INIT="100")
    layout.display("0000:01:00.0", "10de", "2684", "nvidia")
    machine = layout.machine()
    assert (causes(machine), [gpu.driver_bound for gpu in machine.gpus]) == (["probe-sources-disagree"], [None])


def test_a_forward_compatibility_library_raises_the_ceiling_of_programs_only(layout: Layout) -> None:
    layout.driver(STUB_CUDA_VERSION="13020")
    machine = layout.machine()
    assert machine.driver is not None
    assert (machine.driver.cuda, causes(machine)) == ("12.4", ["probe-sources-disagree"])


def test_wsl2_with_a_gpu(layout: Layout) -> None:
    layout.file("/proc/sys/kernel/osrelease", WSL)
    layout.file("/dev/dxg")
    layout.driver(STUB_NVML_DRIVER="551.61")
    machine = layout.machine()
    assert (machine.os.family, machine.os.wsl, machine.notes) == ("linux", "2", ())
    assert machine.driver is not None
    assert machine.driver.cuda == "12.4"


def test_wsl2_whose_libcuda_the_loader_does_not_find(layout: Layout) -> None:
    layout.file("/proc/sys/kernel/osrelease", WSL)
    layout.file("/dev/dxg")
    layout.file("/usr/lib/wsl/lib/libcuda.so.1", "not a library")
    assert "wsl-driver-stub-missing" in causes(layout.machine())


def test_wsl_that_reaches_no_gpu(layout: Layout) -> None:
    layout.file("/proc/sys/kernel/osrelease", WSL)
    assert causes(layout.machine()) == ["wsl-without-gpu-support"]
    layout.file("/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft\n")
    machine = layout.machine()
    assert (machine.os.wsl, causes(machine)) == ("1", ["wsl-without-gpu-support"])


def test_a_damaged_pip_configuration_is_a_note_and_the_rest_stands(layout: Layout) -> None:
    folder = layout.home / ".config/pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text("index-url = no section\n")
    machine = layout.machine()
    assert causes(machine) == ["probe-source-failed"]
    assert "pip.conf" in machine.notes[0].says
    assert machine.os.name == "Ubuntu 24.04"
