"""What was seen of the GPUs and their driver, as the rules that explain it ask for it."""

from __future__ import annotations

import re

from msgspec import Struct

from drivetrain.formats.nvidia_proc import module_version_of
from drivetrain.formats.nvidia_smi import Trouble, gpus_of_query, trouble_of
from drivetrain.model.machine import Driver, Gpu
from drivetrain.probe.graphics import answers
from drivetrain.probe.readings import Readings

NVML_LIBRARY_NOT_FOUND, NVML_FUNCTION_NOT_FOUND, NVML_GPU_LOST = 12, 13, 15
TROUBLES: dict[int, Trouble] = {9: "no-driver", 18: "mismatch"}
"""What nvmlInit returns, where the number alone names the trouble; source: NVML API reference, nvmlReturn_t."""
CUDA_NO_DEVICE, CUDA_MISMATCH = 100, 803


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
    def smi_text(self) -> str:
        told = self.seen.get("smi") or {}
        return "\n".join(told.get(part) or "" for part in ("out", "err", "banner"))

    @property
    def trouble(self) -> Trouble | None:
        """Why the driver does not start: by NVML's error, or by nvidia-smi's words where NVML was not read."""
        code: Trouble | None = TROUBLES.get(self.nvml.get("code", 0))
        return code or (None if answers(self.seen) else trouble_of(self.smi_text))

    @property
    def listed(self) -> int:
        """How many GPUs the driver lists, whatever CUDA_VISIBLE_DEVICES says."""
        return len([each for each in self.nvml.get("gpus", []) if not each.get("code")]) or len(gpus_of_query(self.smi_text))

    @property
    def lister(self) -> str | None:
        """The version of the driver that lists them."""
        return self.nvml.get("driver") or next((each.driver for each in gpus_of_query(self.smi_text) if each.driver), None)

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
