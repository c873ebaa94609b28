"""What one shared library holds for GPUs."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class DeviceCode(Struct, frozen=True, kw_only=True):
    """Code of one kind for one target in one section of a file (`cuobjdump` shows the first two)."""

    kind: Literal["sass", "ptx", "lto"]
    target: str
    """"sm_90a" for SASS and LTO, "compute_90" for PTX."""
    section: str
    """".nv_fatbin", "__nv_relfatbin" (relocatable), ".rodata", ...; empty where no section holds it."""
    count: int


class CodeRead(Struct, frozen=True, kw_only=True):
    """All device code of one file."""

    codes: tuple[DeviceCode, ...]
    faults: tuple[str, ...] = ()
    """Containers that break off or contradict themselves, and cubins whose target cannot be told."""
