"""Says what does not agree: a driver that is missing or only half there, sources that contradict each other, sources that failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from drivetrain.formats.nvidia_proc import module_version_of
from drivetrain.model.machine import Driver, Gpu, Note
from drivetrain.probe.graphics import answers
from drivetrain.probe.readings import Readings
from drivetrain.words import say

FAILED, DISAGREE = "probe-source-failed", "probe-sources-disagree"
NVML_NO_DRIVER, NVML_GPU_LOST, NVML_MISMATCH = 9, 15, 18
CUDA_NO_DEVICE, CUDA_MISMATCH = 100, 803
CUDA_CAUSES = {
    34: "libcuda-stub-loaded",
    802: "fabric-manager-not-running",
    804: "forward-compat-on-unsupported-gpu",
    CUDA_MISMATCH: "driver-library-version-mismatch",
}
"""What cuInit returns, where the number alone names the cause; source: CUDA driver API, CUresult."""


class Sight(Struct, frozen=True):
    """What was seen, and what was made of it."""

    seen: Readings
    """The readings' part about NVIDIA."""
    system: Readings
    variables: dict[str, str]
    gpus: tuple[Gpu, ...]
    driver: Driver | None

    @property
    def nvml(self) -> Readings:
        return self.seen.get("nvml") or {}

    @property
    def libcuda(self) -> Readings:
        return self.seen.get("libcuda") or {}

    @property
    def container(self) -> str | None:
        return self.system.get("container")

    @property
    def wsl(self) -> str | None:
        return self.system.get("wsl")

    @property
    def devices(self) -> list[str]:
        return [name for name in self.seen.get("devices", []) if re.fullmatch(r"nvidia\d+", name)]

    @property
    def module(self) -> str | None:
        return module_version_of(self.seen.get("proc_version") or "") or self.seen.get("module_version")

    @property
    def names(self) -> str:
        return ", ".join(dict.fromkeys(gpu.name for gpu in self.gpus if gpu.vendor == "nvidia"))


def notes_of(readings: Readings, gpus: tuple[Gpu, ...], driver: Driver | None) -> tuple[Note, ...]:
    """Gives the notes: the first that explains why no driver serves, then what else disagrees, then sources that failed."""
    sight = Sight(readings["nvidia"] or {}, readings["system"] or {}, readings["variables"] or {}, gpus, driver)
    why = next((note for note in (rule(sight) for rule in WHY_NONE) if note), None)
    others = [note for note in (rule(sight) for rule in OTHERS) if note]
    failures = list(_failures(sight, readings, explained=why is not None))
    return tuple({note.cause + note.says: note for note in (*([why] if why else []), *others, *failures)}.values())


def _container_without_gpu(sight: Sight) -> Note | None:
    bound = any(each["vendor"] == "10de" and each["driver"] == "nvidia" for each in sight.seen.get("pci", []))
    if not sight.container or sight.devices or sight.seen.get("dxg") or answers(sight.seen) or not (sight.module or bound):
        return None
    if not sight.module:
        says = say("the host has the NVIDIA driver, but this container was started without its GPUs (docker: --gpus all)")
    else:
        says = say("the host has NVIDIA driver {version}, but this container was started without its GPUs (docker: --gpus all)", version=sight.module)
    return Note(cause="container-without-gpu", says=says)


def _library_not_found(sight: Sight) -> Note | None:
    if not sight.container or not sight.devices or answers(sight.seen) or sight.nvml.get("code"):
        return None
    return Note(
        cause="container-driver-lib-not-on-loader-path",
        says=say(
            "this container has /dev/{device}, but its loader does not find the driver's libraries (libnvidia-ml.so.1, libcuda.so.1)", device=sight.devices[0]
        ),
    )


def _mismatch(sight: Sight) -> Note | None:
    library = sight.nvml.get("driver")
    told = sight.nvml.get("code") == NVML_MISMATCH or sight.libcuda.get("init") == CUDA_MISMATCH
    if not told and not (library and sight.module and library != sight.module and not sight.wsl):
        return None
    if not library or not sight.module or library == sight.module:
        says = say("the driver's libraries and its loaded kernel module are of different versions: restart the machine")
    else:
        says = say(
            "the loaded kernel module is of driver {module}, the driver's libraries are of {library}: restart the machine", module=sight.module, library=library
        )
    return Note(cause="driver-library-version-mismatch", says=says)


def _nouveau(sight: Sight) -> Note | None:
    bound = {each["driver"] for each in sight.seen.get("pci", []) if each["vendor"] == "10de"} & {"nouveau", "nova_core", "nova-core", "nova"}
    if sight.driver or not bound:
        return None
    return Note(
        cause="nouveau-active",
        says=say("{gpus} is driven by {module}, which serves no CUDA; NVIDIA's driver is not in use", gpus=sight.names, module=bound.pop()),
    )


def _module_not_built(sight: Sight) -> Note | None:
    if sight.container or sight.wsl or sight.nvml.get("code") != NVML_NO_DRIVER or sight.seen.get("module_built") is not False:
        return None
    return Note(
        cause="kernel-module-not-built-for-running-kernel",
        says=say("the driver's libraries are here, but there is no kernel module for the running kernel {kernel}", kernel=sight.system.get("kernel") or ""),
    )


def _wsl_library(sight: Sight) -> Note | None:
    found = (sight.seen.get("libraries") or {}).get("libcuda")
    if not sight.wsl or not sight.seen.get("dxg") or not sight.seen.get("wsl_libcuda"):
        return None
    if sight.libcuda.get("init") == 0 and found and not found.endswith("/usr/lib/wsl/lib/libcuda.so.1"):
        return None
    return Note(
        cause="wsl-driver-stub-missing",
        says=say("WSL's libcuda is in /usr/lib/wsl/lib, where the loader does not look: add that folder to /etc/ld.so.conf.d, then run ldconfig"),
    )


def _wsl_without_gpu(sight: Sight) -> Note | None:
    if sight.wsl == "1":
        return Note(cause="wsl-without-gpu-support", says=say("WSL 1 reaches no GPU; WSL 2 does (wsl --set-version)"))
    if sight.wsl == "2" and not sight.seen.get("dxg"):
        return Note(cause="wsl-without-gpu-support", says=say("this WSL 2 has no /dev/dxg, so Windows passes no GPU on to it (wsl --update)"))
    return None


def _no_driver(sight: Sight) -> Note | None:
    if not sight.names or (sight.driver and (sight.driver.source != "proc" or not _silent(sight))):
        return None
    reserved = {each["driver"] for each in sight.seen.get("pci", []) if each["vendor"] == "10de"} == {"vfio-pci"}
    if reserved:
        says = say("{gpus} is reserved for a virtual machine (vfio-pci), so no NVIDIA driver has it here", gpus=sight.names)
    elif sight.driver:
        says = say("{gpus}: the kernel module of driver {version} is loaded, but none of its libraries is here", gpus=sight.names, version=sight.driver.version)
    elif sight.nvml.get("code") == NVML_NO_DRIVER:
        says = say("{gpus}: the NVIDIA driver is installed, but its kernel module is not loaded", gpus=sight.names)
    else:
        says = say("{gpus} is in this machine, but no NVIDIA driver is installed", gpus=sight.names)
    return Note(cause="no-nvidia-driver", says=says)


def _silent(sight: Sight) -> bool:
    """Tells whether nothing of the driver but its kernel module is there: no library on disk, or none that loads."""
    libraries = sight.seen.get("libraries") or {}
    return not answers(sight.seen) and not libraries.get("nvml") and not libraries.get("libcuda")


def _gpu_lost(sight: Sight) -> Note | None:
    lost = [str(index) for index, each in enumerate(sight.nvml.get("gpus", [])) if each.get("code") == NVML_GPU_LOST]
    if not lost:
        return None
    return Note(
        cause="gpu-fell-off-bus", says=say("GPU {index} no longer answers the driver: restart the machine, then check power and seating", index=", ".join(lost))
    )


def _not_answering(sight: Sight) -> Note | None:
    """A GPU on the bus that a working driver does not list: too old for this driver, or lost."""
    silent = [gpu for gpu in sight.gpus if gpu.vendor == "nvidia" and gpu.driver_bound is not True]
    if not sight.nvml.get("driver") or not silent or _gpu_lost(sight) or sight.container:
        return None
    return Note(
        cause=DISAGREE,
        says=say(
            "{gpus} is on the PCI bus, but driver {version} does not list it",
            gpus=", ".join(gpu.name for gpu in silent),
            version=sight.nvml.get("driver") or "",
        ),
    )


def _hidden(sight: Sight) -> Note | None:
    value = sight.variables.get("CUDA_VISIBLE_DEVICES")
    known, shown = len(sight.nvml.get("gpus", [])), len(sight.libcuda.get("gpus", []))
    if value is None or shown >= known or sight.libcuda.get("init") not in (0, CUDA_NO_DEVICE):
        return None
    return Note(
        cause="cuda-visible-devices-hides-gpu",
        says=say("CUDA_VISIBLE_DEVICES={value} shows {shown} of {known} GPUs to programs", value=value or '""', shown=shown, known=known),
    )


def _cuda_refuses(sight: Sight) -> Note | None:
    code = sight.libcuda.get("init")
    if not code or code == CUDA_MISMATCH or not sight.nvml.get("gpus") or _hidden(sight):
        return None
    if code in CUDA_CAUSES:
        return Note(cause=CUDA_CAUSES[code], says=say("the driver lists the GPUs, but CUDA does not start: cuInit returns {code}", code=code))
    if sight.devices and "nvidia-uvm" not in sight.seen.get("devices", []) and not sight.wsl:
        return Note(cause="nvidia-uvm-device-missing", says=say("the driver lists the GPUs, but /dev/nvidia-uvm is missing, so CUDA does not start"))
    return Note(cause=DISAGREE, says=say("NVML lists {count} GPUs, but CUDA does not start: cuInit returns {code}", count=len(sight.nvml["gpus"]), code=code))


def _ceilings(sight: Sight) -> Note | None:
    ours, theirs = sight.nvml.get("cuda"), sight.libcuda.get("cuda")
    if not ours or not theirs or ours == theirs:
        return None
    return Note(
        cause=DISAGREE,
        says=say(
            "NVML says that this driver serves CUDA {ours}, the libcuda that the loader finds says {theirs} ({path})",
            ours=f"{ours // 1000}.{ours % 1000 // 10}",
            theirs=f"{theirs // 1000}.{theirs % 1000 // 10}",
            path=sight.libcuda.get("path") or "libcuda.so.1",
        ),
    )


def _failures(sight: Sight, readings: Readings, *, explained: bool) -> Iterator[Note]:
    for name, title in (("nvml", "NVML"), ("libcuda", "libcuda"), ("smi", "nvidia-smi")):
        told = sight.seen.get(name) or {}
        if told.get("timed_out"):
            yield Note(cause=FAILED, says=say("{source} did not answer in time and was left out", source=title))
        elif told.get("error") == "crashed":
            yield Note(cause=FAILED, says=say("{source} crashed when it was asked", source=title))
        elif told.get("code") and name == "nvml" and told["code"] != NVML_MISMATCH and not explained:
            yield Note(cause=FAILED, says=say("NVML does not start: error {code}", code=told["code"]))
        elif name == "smi" and told.get("code") and not explained and not answers(sight.seen):
            line = next(iter((told.get("out") or told.get("err") or told.get("banner") or "").strip().splitlines()), "")
            yield Note(cause=FAILED, says=say("nvidia-smi failed: {line}", line=line or told["code"]))
    for part, error in readings.get("problems", {}).items():
        yield Note(cause=FAILED, says=say("{part} could not be read: {error}", part=part, error=error))


Rule = Callable[[Sight], Note | None]
WHY_NONE: tuple[Rule, ...] = (_container_without_gpu, _library_not_found, _mismatch, _nouveau, _module_not_built, _wsl_library, _wsl_without_gpu, _no_driver)
"""Why no driver serves: the first that holds, most certain first."""
OTHERS: tuple[Rule, ...] = (_gpu_lost, _not_answering, _hidden, _cuda_refuses, _ceilings)
