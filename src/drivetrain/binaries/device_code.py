"""Gives the device code of a shared library: kinds, targets and counts by section, and what counts as the library's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from drivetrain.binaries.fat_binary import containers_in
from drivetrain.binaries.sections import section_at, sections_of, spans_of_data
from drivetrain.binaries.window import Window, window_on
from drivetrain.errors import FileError
from drivetrain.model.binary import CodeRead, DeviceCode
from drivetrain.model.catalogue import LibraryCode
from drivetrain.words import say, why

LINKED = (".nv_fatbin", ".nv_fatb")
"""Sections of linked code, ELF and PE."""
RELOCATABLE = ("__nv_relfatbin", "__nv_rel")
"""Sections of code that is linked on the device; what runs is its linked copy, where the library has one."""
_MOST_FAULTS, _MOST_BYTES = 20, 16 << 30
"""The largest library of a framework has 3 GB; a sparse file states any size, and is walked at its stated length."""


def code_in(path: Path) -> CodeRead:
    """Gives all device code of a file; raises FileError for one that cannot be read."""
    try:
        with window_on(path) as window:
            return code_of(window)
    except OSError as error:
        raise FileError(say("{path}: cannot be read ({why})", path=path, why=why(error)), say("check the path and your rights on it")) from error


def code_of(window: Window) -> CodeRead:
    """Gives all device code of an open file."""
    if window.size > _MOST_BYTES:
        return CodeRead(codes=(), faults=(f"{window.size} bytes are no library: its device code was not read",))
    counts: Counter[tuple[str, str, str]] = Counter()
    faults: list[str] = []
    sections = sections_of(window)
    for container in containers_in(window, spans_of_data(sections, window.size)):
        section = section_at(sections, container.offset)
        counts.update((entry.kind, entry.target, section) for entry in container.entries if entry.target)
        if container.fault:
            faults.append(container.fault)
            del faults[_MOST_FAULTS:-1]  # The last may say that the search was given up.
    codes = (DeviceCode(kind=kind, target=target, section=section, count=count) for (kind, target, section), count in sorted(counts.items()))  # type: ignore[arg-type]
    return CodeRead(codes=tuple(codes), faults=tuple(faults))


def library_code_of(name: str, read: CodeRead, sources: tuple[str, ...] = ()) -> LibraryCode:
    """Gives the code that decides which GPUs a library serves: relocatable code only where it holds no other."""
    own = [each for each in read.codes if each.section not in RELOCATABLE] or list(read.codes)
    return LibraryCode(library=name, sass=_summed(own, "sass"), ptx=_summed(own, "ptx"), sources=sources)


def _summed(codes: list[DeviceCode], kind: str) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for each in codes:
        if each.kind == kind:
            counts[each.target] += each.count
    return tuple(sorted(counts.items()))
