"""Tells whose each file of an environment is, from RECORDs alone, and which of them are headers, folder by folder."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.environment import Installed, OwnedFile

_LIBRARY = re.compile(r"\.(?:so(?:\.\d[^/]*)?|pyd|dll|dylib)$", re.IGNORECASE)
_PLAIN = (".py", ".pyc", ".h", ".hpp", ".cuh", ".pyi", ".txt", ".json")
"""Nine files of ten, which need no closer look at their name."""
_BINARIES = (".so", ".pyd", ".dll", ".dylib", ".exe")
_HEADERS, _INCLUDE = (".h", ".hpp", ".cuh", ".inc", ".inl", ".hxx"), "/include/"


class HeaderFolder(Struct, frozen=True, array_like=True, gc=False):
    """The headers of one folder that one distribution owns alone, or first."""

    path: str
    """Relative to site-packages."""
    number: int
    """Of the distribution."""
    files: tuple[int, ...]
    """Of its lines."""
    bytes: int


class Ownership(Struct, frozen=True, array_like=True):
    """Every file once, with its first owner; and what others ask about owners."""

    order: tuple[str, ...]
    """The distributions' entries."""
    plain: tuple[tuple[OwnedFile, ...], ...]
    """Of each distribution the files that are no headers."""
    headers: tuple[HeaderFolder, ...]
    listed: dict[str, tuple[tuple[str, OwnedFile], ...]]
    """Every shared library, every path file and every file of several distributions, by the key of its path: who lists it, and the line."""
    libraries: tuple[str, ...]
    """What is named like a shared library."""
    binaries: tuple[str, ...]
    """These, programs for Windows among them, as they are counted."""
    shared: tuple[str, ...]
    """Those that two or more distributions own."""
    tops: frozenset[str]
    """The first part of every path."""


def ownership_of(installed: Iterable[Installed], ignore_case: bool) -> Ownership:
    """Gives whose each file is; of several owners the first."""
    distributions = tuple(installed)
    first: dict[str, tuple[int, int]] = {}
    several: dict[str, list[tuple[int, int]]] = {}
    for number, one in enumerate(distributions):
        for index, each in enumerate(one.files):
            key = each.path.lower() if ignore_case else each.path
            if key in first:
                several.setdefault(key, [first[key]]).append((number, index))
            else:
                first[key] = (number, index)
    plain: list[list[OwnedFile]] = [[] for _ in distributions]
    headers: dict[tuple[str, int], list[int]] = {}
    for key, (number, index) in first.items():
        line = distributions[number].files[index]
        # What another distribution has written over has another size each time, and would make its folder be looked through each time.
        if line.path.endswith(_HEADERS) and _INCLUDE in line.path and key not in several:
            headers.setdefault((line.path[: line.path.rfind("/")], number), []).append(index)
        else:
            plain[number].append(line)
    paths = [each.path for files in plain for each in files if not each.path.endswith(_PLAIN)]
    told = {**{key: [row] for key, row in first.items() if is_named_library(key) or key.endswith(".pth")}, **several}
    return Ownership(
        order=tuple(one.path for one in distributions),
        plain=tuple(map(tuple, plain)),
        headers=tuple(_folder(path, number, rows, distributions[number]) for (path, number), rows in headers.items()),
        listed={key: tuple((distributions[number].path, distributions[number].files[index]) for number, index in rows) for key, rows in told.items()},
        libraries=tuple(filter(is_named_library, paths)),
        binaries=tuple(path for path in paths if path.endswith(_BINARIES) or ".so." in path),
        shared=tuple(key for key, rows in several.items() if len({number for number, _ in rows}) > 1),
        tops=frozenset(path.partition("/")[0] for path in first),
    )


def is_named_library(path: str) -> bool:
    """Tells whether a file is named like a shared library."""
    return not path.endswith(_PLAIN) and _LIBRARY.search(path) is not None


def _folder(path: str, number: int, rows: list[int], one: Installed) -> HeaderFolder:
    return HeaderFolder(path=path, number=number, files=tuple(rows), bytes=sum(one.files[row].size_bytes or 0 for row in rows))
