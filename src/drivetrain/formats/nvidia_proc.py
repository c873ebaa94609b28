"""Reads /proc/driver/nvidia/version and /proc/driver/nvidia/gpus/*/information, which NVIDIA's kernel module writes."""

from __future__ import annotations

import re

from msgspec import Struct


class ModuleGpu(Struct, frozen=True, kw_only=True):
    """One GPU as the kernel module knows it."""

    name: str
    slot: str | None = None
    uuid: str | None = None


def module_version_of(text: str) -> str | None:
    """Gives "550.54.14" from "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu ...", closed module or open."""
    match = re.search(r"Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)", text)
    return match[1] if match else None


def module_gpu_of(text: str) -> ModuleGpu:
    """Gives the GPU of one `information` file; what the module masks ("GPU-????????-...") counts as not said."""
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    uuid = fields.get("GPU UUID")
    return ModuleGpu(name=fields.get("Model", ""), slot=fields.get("Bus Location", "").lower() or None, uuid=uuid if uuid and "?" not in uuid else None)
