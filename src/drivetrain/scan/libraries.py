"""Finds the shared libraries of an environment, those that no RECORD owns among them, and reads what each tells the loader and which device code it holds."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from drivetrain.model.library import Library
from drivetrain.scan.disk import Disk
from drivetrain.scan.known_libraries import KnownLibraries, ReadLibrary
from drivetrain.scan.ownership import is_named_library
from drivetrain.scan.place import Place

_SEARCHED = ("torch/lib", "nvidia/*/lib", "nvidia/*/lib/x64", "nvidia/*/bin", "nvidia/*/bin/x64", "*.libs", "*/.dylibs")
"""Folders that frameworks, and libraries that auditwheel, delvewheel and delocate repaired, load from, whoever put files there."""
_OF_CONDA = ("lib", "Library/bin", "DLLs")


class _Lying(Struct, frozen=True):
    """One library as the file system shows it."""

    path: str
    real: str
    """Where to open it; of a symbolic link the file that it leads to."""
    linked: bool
    state: os.stat_result


def libraries_in(place: Place, owned: Iterable[str], known: KnownLibraries) -> tuple[Library, ...]:
    """Gives every shared library below the prefix, by path; `owned`: those that distributions have, relative to site-packages."""
    lying = [each for path in sorted(_paths(place, owned)) if (each := _lying(path, place.disk)) is not None]
    read = _read({each.real: each.state for each in lying}, known)
    found = (_library(each, place, read[each.real]) for each in lying)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.path))


def _library(each: _Lying, place: Place, read: ReadLibrary) -> Library | None:
    if read.linkage is None:
        return None
    link = place.relative(each.real) if each.linked else ""
    return Library(path=place.relative(each.path), bytes=each.state.st_size, linkage=read.linkage, code=read.code, link=link)


def _paths(place: Place, owned: Iterable[str]) -> set[str]:
    """Gives the paths of all files that are named like shared libraries: those that distributions own, and what lies beside them."""
    site = str(place.sites[0])
    paths = {os.path.normpath(f"{site}/{path}") for path in owned}
    folders = {os.path.dirname(path) for path in paths} | set(_searched(place))  # noqa: PTH120 (a Path for each of thousands)
    return paths | {f"{folder}{os.sep}{name}" for folder in folders for name in place.disk.names(folder) if is_named_library(name)}


def _searched(place: Place) -> Iterator[str]:
    for folder in place.sites:
        yield str(folder)
        yield from (path for pattern in _SEARCHED for path in _matching(place.disk, str(folder), pattern.split("/")))
    if place.kind == "conda":
        yield from (str(place.prefix / name) for name in _OF_CONDA)


def _matching(disk: Disk, folder: str, parts: list[str]) -> Iterator[str]:
    if not parts:
        yield folder
        return
    names = fnmatch.filter(disk.names(folder), parts[0]) if "*" in parts[0] else [parts[0]]
    for path in (f"{folder}{os.sep}{name}" for name in names):
        if disk.is_folder(path):
            yield from _matching(disk, path, parts[1:])


def _lying(path: str, disk: Disk) -> _Lying | None:
    """Gives a file, or the file that a symbolic link leads to; None where there is none."""
    linked, state = disk.is_link(path), disk.state(path)
    if state is None or not stat.S_ISREG(state.st_mode):
        return None
    return _Lying(path, disk.followed(path) if linked else disk.real(path), linked, state)


def _read(files: dict[str, os.stat_result], known: KnownLibraries) -> dict[str, ReadLibrary]:
    """Reads the files that are not known yet, the largest first so that no worker waits for a last one."""
    read = {path: found for path, state in files.items() if (found := known.of(state)) is not None}
    anew = sorted((path for path in files if path not in read), key=lambda path: -files[path].st_size)
    if anew:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            for path, found in zip(anew, pool.map(reading_of, anew), strict=True):
                read[path] = found
                known.add(files[path], found)
    return read


def reading_of(path: str) -> ReadLibrary:
    """Gives what a file says by itself; device code only of what some GPU's use depends on, which is a third of the bytes."""
    from drivetrain.binaries.binary import linkage_of
    from drivetrain.binaries.device_code import code_of, library_code_of
    from drivetrain.binaries.window import window_on
    from drivetrain.catalogue.code_bearers import chooses_kernels

    name = os.path.basename(path)  # noqa: PTH119 (as above)
    try:
        with window_on(Path(path)) as window:
            linkage = linkage_of(window)
            code = code_of(window) if linkage is not None and linkage.format != "macho" and not chooses_kernels(name) else None
    except OSError as error:
        return ReadLibrary(fault=str(error.strerror or error))
    held = library_code_of(name, code) if code is not None and code.codes else None
    return ReadLibrary(linkage=linkage, code=held)
