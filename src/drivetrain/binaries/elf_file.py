"""Gives what an ELF file tells the loader: by its program headers where it is 64-bit and little-endian, else by pyelftools.

Formats: System V ABI, "ELF-64 Object File Format", and the gABI's dynamic section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Literal, TypeVar, cast

from msgspec.structs import replace

from drivetrain.binaries.elf_dynamic import NEEDED, RPATH, RUNPATH, SONAME, Dynamic, dynamic_of, is_plain
from drivetrain.binaries.stream import WindowStream
from drivetrain.binaries.window import Window
from drivetrain.model.binary import Linkage

_ARCHES = {62: "x86_64", 183: "aarch64", 3: "i386", 40: "arm", 21: "ppc64le", 22: "s390x", 243: "riscv64", 190: "cuda"}
_NAMES = {"DT_NEEDED": NEEDED, "DT_SONAME": SONAME, "DT_RPATH": RPATH, "DT_RUNPATH": RUNPATH}
"""The tags whose value is a name."""
_MOST = 10_000
"""Rows of any table: more is no library but a damaged or hostile file."""

_Told = TypeVar("_Told")


def elf_linkage(window: Window) -> Linkage:
    """Gives an ELF file's linkage; what cannot be read is a fault of it."""
    return _by_headers(window) if is_plain(window) else _by_pyelftools(window)


def _by_headers(window: Window) -> Linkage:
    try:
        dynamic = dynamic_of(window)
    except ValueError as error:
        arch = _arch(int.from_bytes(window.at(18, 2), "little"))
        return Linkage(format="elf", arch=arch, faults=(f"its dynamic section cannot be read: {_said(error)}",))
    faults: list[str] = []
    tags = _told(faults, "its dynamic section", lambda: _named(dynamic))
    versions = _told(faults, "the versions that it needs", lambda: (version for _, version, _ in dynamic.needed_versions()))
    return replace(_linkage(_arch(dynamic.machine), tags, versions, faults), executable_stack=dynamic.wants_executable_stack)


def _by_pyelftools(window: Window) -> Linkage:
    from elftools.elf.elffile import ELFFile
    from elftools.elf.enums import ENUM_E_MACHINE

    try:
        file = ELFFile(cast(Any, WindowStream(window)))
        machine = file["e_machine"]
    except Exception as error:  # pyelftools breaks in many ways on a damaged file, not all of them its own exceptions.
        return Linkage(format="elf", arch="unknown", faults=(f"its header cannot be read: {_said(error)}",))
    faults: list[str] = []
    tags = _told(faults, "its dynamic section", lambda: _named_for_pyelftools(file))
    return _linkage(_arch(machine if isinstance(machine, int) else ENUM_E_MACHINE[machine]), tags, (), faults)


def _linkage(arch: str, tags: tuple[tuple[int, str], ...], versions: tuple[str, ...], faults: list[str]) -> Linkage:
    path, kind = _search_path(tags)
    return Linkage(
        format="elf",
        arch=arch,
        soname=next((text for tag, text in tags if tag == SONAME), None),
        needed=tuple(text for tag, text in tags if tag == NEEDED),
        search_path=path,
        search_kind=kind,
        needs_versions=tuple(sorted(set(versions))),
        faults=tuple(faults),
    )


def _search_path(tags: tuple[tuple[int, str], ...]) -> tuple[tuple[str, ...], Literal["rpath", "runpath"] | None]:
    """A RUNPATH silences an RPATH beside it."""
    kinds: tuple[tuple[int, Literal["rpath", "runpath"]], ...] = ((RUNPATH, "runpath"), (RPATH, "rpath"))
    for number, kind in kinds:
        if paths := [text for tag, text in tags if tag == number]:
            return tuple(part for path in paths for part in path.split(":") if part), kind
    return (), None


def _arch(machine: int) -> str:
    return _ARCHES.get(machine, f"unknown ({hex(machine)})")


def _named(dynamic: Dynamic) -> Iterator[tuple[int, str]]:
    named = [each for each in dynamic.tags if each[0] in _NAMES.values()]
    text = dynamic.strings().text if named else str
    return ((tag, text(value)) for tag, value in named)


def _named_for_pyelftools(file: Any) -> Iterator[tuple[int, str]]:
    if file.num_sections() > _MOST or file.num_segments() > _MOST:
        raise ValueError("its tables state too many rows")
    segment = next((each for each in file.iter_segments() if each["p_type"] == "PT_DYNAMIC"), None)
    for tag in islice(segment.iter_tags() if segment is not None else (), _MOST):
        name = tag.entry.d_tag
        if name in _NAMES:
            yield _NAMES[name], str(getattr(tag, name.removeprefix("DT_").lower()))


def _told(faults: list[str], what: str, read: Callable[[], Iterable[_Told]]) -> tuple[_Told, ...]:
    found: list[_Told] = []
    try:
        found.extend(read())
    except Exception as error:  # As above.
        faults.append(f"{what} cannot be read: {_said(error)}")
    return tuple(found)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
