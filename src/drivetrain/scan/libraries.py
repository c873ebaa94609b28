"""Finds the shared libraries of an environment, those that no RECORD owns among them, and reads what each tells the loader and which device code it holds."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from drivetrain.model.environment import Installed
from drivetrain.model.library import Library
from drivetrain.scan.known_libraries import KnownLibraries, ReadLibrary
from drivetrain.scan.place import Place

_NAME = re.compile(r"\.(?:so(?:\.\d[^/]*)?|pyd|dll|dylib)$", re.IGNORECASE)
_SEARCHED = ("torch/lib", "nvidia/*/lib", "nvidia/*/lib/x64", "nvidia/*/bin", "nvidia/*/bin/x64", "*.libs", "*/.dylibs")
"""Folders that frameworks, and libraries that auditwheel, delvewheel and delocate repaired, load from, whoever put files there."""
_OF_CONDA = ("lib", "Library/bin", "DLLs")


class _Lying(Struct, frozen=True):
    """One library as the file system shows it; `real` is what it is a symbolic link to."""

    path: str
    real: str
    state: os.stat_result


def libraries_in(place: Place, installed: Iterable[Installed], known: KnownLibraries) -> tuple[Library, ...]:
    """Gives every shared library below the prefix, by path."""
    site = str(place.sites[0])
    lying = [each for path in sorted(_paths(place, installed)) if (each := _lying(path)) is not None]
    files = {each.real: each.state for each in lying}
    read = _read(files, known)
    found = (_library(each, site, read[each.real]) for each in lying if read.get(each.real) is not None)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.path))


def _library(each: _Lying, site: str, read: ReadLibrary | None) -> Library | None:
    if read is None or read.linkage is None:
        return None
    link = _shown(each.real, site) if each.real != each.path else ""
    return Library(path=_shown(each.path, site), bytes=each.state.st_size, linkage=read.linkage, code=read.code, link=link)


def _shown(path: str, site: str) -> str:
    return os.path.relpath(path, site).replace(os.sep, "/")


def _paths(place: Place, installed: Iterable[Installed]) -> set[str]:
    """Gives the paths of all files that are named like shared libraries: those that distributions own, and what lies beside them."""
    site = str(place.sites[0])
    owned = {os.path.normpath(f"{site}/{each.path}") for one in installed for each in one.files if _NAME.search(each.path)}
    folders = {os.path.dirname(path) for path in owned} | set(_searched(place))  # noqa: PTH120 (a Path for each of thousands)
    return owned | {path for folder in folders for path in _named_in(folder)}


def _searched(place: Place) -> Iterator[str]:
    for folder in place.sites:
        yield str(folder)
        yield from (str(path) for pattern in _SEARCHED for path in folder.glob(pattern))
    if place.kind == "conda":
        yield from (str(place.prefix / name) for name in _OF_CONDA)


def _named_in(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.path for entry in entries if _NAME.search(entry.name))
    except OSError:
        return


def _lying(path: str) -> _Lying | None:
    """Gives a file, or the file that a symbolic link leads to; None where there is none."""
    try:
        state = os.lstat(path)
        if not stat.S_ISLNK(state.st_mode):
            return _Lying(path, path, state) if stat.S_ISREG(state.st_mode) else None
        state = os.stat(path)  # noqa: PTH116 (as above)
        return _Lying(path, os.path.realpath(path), state) if stat.S_ISREG(state.st_mode) else None
    except OSError:
        return None


def _read(files: dict[str, os.stat_result], known: KnownLibraries) -> dict[str, ReadLibrary]:
    """Reads the files that are not known yet, the largest first so that no worker waits for a last one."""
    read = {path: found for path, state in files.items() if (found := known.of(state)) is not None}
    anew = sorted((path for path in files if path not in read), key=lambda path: -files[path].st_size)
    if anew:
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            for path, found in zip(anew, pool.map(_reading(known), anew), strict=True):
                read[path] = found
                known.add(files[path], found)
    return read


def _reading(known: KnownLibraries) -> Callable[[str], ReadLibrary]:
    from drivetrain.binaries.binary import linkage_of
    from drivetrain.binaries.device_code import code_of, library_code_of
    from drivetrain.binaries.window import window_on

    def read(path: str) -> ReadLibrary:
        try:
            with window_on(Path(path)) as window:
                linkage = linkage_of(window)
                code = code_of(window) if linkage is not None and linkage.format != "macho" else None
        except OSError as error:
            return ReadLibrary(fault=str(error.strerror or error))
        held = library_code_of(os.path.basename(path), code) if code is not None and code.codes else None  # noqa: PTH119
        return ReadLibrary(linkage=linkage, code=held)

    return read
