"""Says why no driver serves a machine's GPU: it is missing, only half there, or out of this container's or WSL's reach."""

from __future__ import annotations

from collections.abc import Callable

from drivetrain.model.machine import Note
from drivetrain.probe.graphics import answers
from drivetrain.probe.sight import CUDA_MISMATCH, NVML_LIBRARY_NOT_FOUND, Sight
from drivetrain.words import say


def why_none(sight: Sight) -> Note | None:
    """Gives the first that holds, most certain first."""
    return next((note for note in (rule(sight) for rule in RULES) if note), None)


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
    if (
        not sight.container
        or not sight.devices
        or answers(sight.seen)
        or sight.trouble
        or sight.nvml.get("code", NVML_LIBRARY_NOT_FOUND) != NVML_LIBRARY_NOT_FOUND
    ):
        return None
    return Note(
        cause="container-driver-lib-not-on-loader-path",
        says=say(
            "this container has /dev/{device}, but its loader does not find the driver's libraries (libnvidia-ml.so.1, libcuda.so.1)", device=sight.devices[0]
        ),
    )


def _mismatch(sight: Sight) -> Note | None:
    library = sight.nvml.get("driver")
    told = sight.trouble == "mismatch" or sight.libcuda.get("init") == CUDA_MISMATCH
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
    if sight.container or sight.wsl or sight.trouble != "no-driver" or sight.seen.get("module_built") is not False:
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
    elif sight.trouble == "no-driver":
        says = say("{gpus}: the NVIDIA driver is installed, but its kernel module is not loaded", gpus=sight.names)
    else:
        says = say("{gpus} is in this machine, but no NVIDIA driver is installed", gpus=sight.names)
    return Note(cause="no-nvidia-driver", says=says)


def _silent(sight: Sight) -> bool:
    """Tells whether nothing of the driver but its kernel module is there: no library on disk, or none that loads."""
    libraries = sight.seen.get("libraries") or {}
    return not answers(sight.seen) and not libraries.get("nvml") and not libraries.get("libcuda")


RULES: tuple[Callable[[Sight], Note | None], ...] = (
    _container_without_gpu,
    _library_not_found,
    _mismatch,
    _nouveau,
    _module_not_built,
    _wsl_library,
    _wsl_without_gpu,
    _no_driver,
)
