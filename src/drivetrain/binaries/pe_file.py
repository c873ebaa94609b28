"""Gives what a PE file (DLL, pyd, exe) tells Windows' loader, by pefile; Microsoft, "PE Format",
https://learn.microsoft.com/en-us/windows/win32/debug/pe-format."""

from __future__ import annotations

from typing import Any

from drivetrain.binaries.stream import WindowBytes
from drivetrain.binaries.window import Window
from drivetrain.model.binary import Linkage

_ARCHES = {0x8664: "x86_64", 0xAA64: "arm64", 0x14C: "i386"}
_EXPORT, _IMPORT, _DELAYED = 0, 1, 13
_NAME_OFFSET = 12
"""Of the name's address in the export directory; its table of functions is left unread, for torch_cpu.dll has 90,000."""


def pe_linkage(window: Window) -> Linkage:
    """Gives a PE file's linkage; what cannot be read is a fault of it."""
    import pefile

    try:
        file = pefile.PE(data=WindowBytes(window), fast_load=True)
        arch = _ARCHES.get(file.FILE_HEADER.Machine, f"unknown ({hex(file.FILE_HEADER.Machine)})")
    except Exception as error:  # pefile breaks in many ways on a damaged file, not all of them its own exceptions.
        return Linkage(format="pe", arch="unknown", faults=(f"its header cannot be read: {' '.join(str(error).split())[:200]}",))
    faults: list[str] = []
    try:
        file.parse_data_directories(directories=[_IMPORT, _DELAYED])
    except Exception as error:  # As above.
        faults.append(f"its imports cannot be read: {' '.join(str(error).split())[:200]}")
    return Linkage(
        format="pe",
        arch=arch,
        soname=_own_name(file),
        needed=_names(getattr(file, "DIRECTORY_ENTRY_IMPORT", ())),
        delayed=_names(getattr(file, "DIRECTORY_ENTRY_DELAY_IMPORT", ())),
        faults=tuple(faults),
    )


def _names(entries: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.dll.decode("ascii", "replace") for each in entries if each.dll))


def _own_name(file: Any) -> str | None:
    try:
        address = file.OPTIONAL_HEADER.DATA_DIRECTORY[_EXPORT].VirtualAddress
        name = file.get_string_at_rva(file.get_dword_at_rva(address + _NAME_OFFSET)) if address else None
    except Exception:  # As above; a file without a name of its own is none the worse.
        return None
    return name.decode("ascii", "replace") if name else None
