"""Tells whose each file of an environment is, from RECORDs alone, and which of them are headers, folder by folder."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.environment import Installed, OwnedFile

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
    """Every file once, by its place in its first owner's RECORD."""

    order: tuple[str, ...]
    """The distributions' entries."""
    plain: tuple[tuple[int, ...], ...]
    """Of each distribution the lines that are no headers."""
    headers: tuple[HeaderFolder, ...]
    shared: dict[str, list[OwnedFile]]
    """Every path that two or more distributions own, with each owner's line."""


def ownership_of(installed: Iterable[Installed], ignore_case: bool) -> Ownership:
    """Gives whose each file is; of several owners the first."""
    first: dict[str, tuple[int, OwnedFile]] = {}
    shared: dict[str, list[OwnedFile]] = {}
    plain: list[list[int]] = []
    headers: dict[tuple[str, int], list[int]] = {}
    distributions = tuple(installed)
    for number, one in enumerate(distributions):
        own: list[int] = []
        for index, each in enumerate(one.files):
            path = each.path
            key = path.lower() if ignore_case else path
            owner = first.get(key)
            if owner is not None:
                if owner[0] != number:
                    shared.setdefault(key, [owner[1]]).append(each)
                continue
            first[key] = (number, each)
            if path.endswith(_HEADERS) and _INCLUDE in path:
                headers.setdefault((path[: path.rfind("/")], number), []).append(index)
            else:
                own.append(index)
        plain.append(own)
    return Ownership(
        order=tuple(one.path for one in distributions),
        plain=tuple(map(tuple, plain)),
        headers=tuple(_folder(path, number, rows, distributions[number]) for (path, number), rows in headers.items()),
        shared=shared,
    )


def _folder(path: str, number: int, rows: list[int], one: Installed) -> HeaderFolder:
    return HeaderFolder(path=path, number=number, files=tuple(rows), bytes=sum(one.files[row].size_bytes or 0 for row in rows))
