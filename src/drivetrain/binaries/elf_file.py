"""Gives what an ELF file tells the loader, by pyelftools; System V ABI, "ELF-64 Object File Format", and the gABI's dynamic section."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal, cast

from drivetrain.binaries.stream import WindowStream
from drivetrain.binaries.window import Window
from drivetrain.model.binary import Linkage

_ARCHES = {
    "EM_X86_64": "x86_64",
    "EM_AARCH64": "aarch64",
    "EM_386": "i386",
    "EM_ARM": "arm",
    "EM_PPC64": "ppc64le",
    "EM_S390": "s390x",
    "EM_RISCV": "riscv64",
    "EM_CUDA": "cuda",
}
_MOST = 10_000
"""Rows of any table: more is no library but a damaged or hostile file (libtorch_cuda, with 4,000 needed symbols' versions, has 60)."""


def elf_linkage(window: Window) -> Linkage:
    """Gives an ELF file's linkage; what cannot be read is a fault of it."""
    from elftools.elf.elffile import ELFFile

    try:
        file = ELFFile(cast(Any, WindowStream(window)))
    except Exception as error:  # pyelftools breaks in many ways on a damaged file, not all of them its own exceptions.
        return Linkage(format="elf", arch="unknown", faults=(f"its header cannot be read: {_said(error)}",))
    machine = file["e_machine"]
    arch = _ARCHES.get(machine, f"unknown ({machine if isinstance(machine, str) else hex(machine)})")
    faults: list[str] = []
    tags = _told(faults, "its dynamic section", lambda: tuple(islice(_dynamic(file), _MOST)))
    versions = _told(faults, "the versions that it needs", lambda: tuple(islice(_versions(file), _MOST)))
    path, kind = _search_path(tags)
    return Linkage(
        format="elf",
        arch=arch,
        soname=next((value for name, value in tags if name == "DT_SONAME"), None),
        needed=tuple(value for name, value in tags if name == "DT_NEEDED"),
        search_path=path,
        search_kind=kind,
        needs_versions=tuple(sorted(set(versions))),
        faults=tuple(faults),
    )


def _told(faults: list[str], what: str, read: Any) -> tuple[Any, ...]:
    try:
        found: tuple[Any, ...] = read()
        return found
    except Exception as error:  # As above.
        faults.append(f"{what} cannot be read: {_said(error)}")
        return ()


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _dynamic(file: Any) -> Iterator[tuple[str, str]]:
    """The tags that name something, by the program headers: they are what the loader reads, and a stripped file has no others."""
    if file.num_sections() > _MOST or file.num_segments() > _MOST:
        raise ValueError("its tables state too many rows")
    for segment in file.iter_segments():
        if segment["p_type"] != "PT_DYNAMIC":
            continue
        for tag in segment.iter_tags():
            name = tag.entry.d_tag
            if name in ("DT_NEEDED", "DT_SONAME", "DT_RPATH", "DT_RUNPATH"):
                yield name, str(getattr(tag, name.removeprefix("DT_").lower()))


def _search_path(tags: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], Literal["rpath", "runpath"] | None]:
    """A RUNPATH silences an RPATH beside it."""
    kinds: tuple[tuple[str, Literal["rpath", "runpath"]], ...] = (("DT_RUNPATH", "runpath"), ("DT_RPATH", "rpath"))
    for tag, kind in kinds:
        if paths := [value for name, value in tags if name == tag]:
            return tuple(part for path in paths for part in path.split(":") if part), kind
    return (), None


def _versions(file: Any) -> Iterator[str]:
    section = file.get_section_by_name(".gnu.version_r") if file.num_sections() else None
    if section is None or not hasattr(section, "iter_versions"):
        return
    for _, needs in islice(section.iter_versions(), _MOST):
        for need in islice(needs, _MOST):
            yield str(need.name)
