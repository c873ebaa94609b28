"""Reads what Python runs and adds to `sys.path` at every start: .pth files, `sitecustomize`, `usercustomize`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from drivetrain.formats.path_file import path_lines_of
from drivetrain.model.environment import Installed, OwnedFile
from drivetrain.model.site_folder import PathFile
from drivetrain.scan.disk import Disk
from drivetrain.scan.place import Place

_CUSTOMISED = ("sitecustomize", "usercustomize")


def path_files_in(place: Place) -> tuple[PathFile, ...]:
    """Gives every .pth file, in the order in which Python reads them: folder by folder, by name."""
    return tuple(each for folder in place.sites for each in _in(place, str(folder)))


def with_owners(
    path_files: Iterable[PathFile], installed: Iterable[Installed], listed: Mapping[str, tuple[tuple[str, OwnedFile], ...]]
) -> tuple[PathFile, ...]:
    """Adds the distribution that brought each; of several the last."""
    names = {one.path: one.name for one in installed}
    owners = {line.path: names[entry] for rows in listed.values() for entry, line in rows if line.path.endswith(".pth")}
    return tuple(replace(each, owner=owners.get(each.path, "")) for each in path_files)


def customised_in(place: Place) -> tuple[str, ...]:
    """Gives the modules and packages that run at each start by their name alone."""
    names = ((folder, name) for folder in place.sites for name in place.disk.names(folder))
    return tuple(place.relative(f"{folder}/{name}") for folder, name in names if name.removesuffix(".py") in _CUSTOMISED)


def _in(place: Place, folder: str) -> Iterator[PathFile]:
    for name in place.disk.names(folder):
        # A hidden one is passed over, since Python 3.13 and the security releases of those before.
        text = place.disk.text(f"{folder}/{name}") if name.endswith(".pth") and not name.startswith(".") else None
        if text is None:
            continue
        lines, path = path_lines_of(text), place.relative(f"{folder}/{name}")
        named = [_whole(place.disk, folder, each) for each in lines.folders]
        there = [each for each in named if place.disk.state(place.disk.real(each)) is not None]
        yield PathFile(
            path=path,
            folders=tuple(place.relative(each) for each in there),
            missing=tuple(place.relative(each) for each in named if each not in there),
            code=lines.code,
        )


def _whole(disk: Disk, folder: str, named: str) -> str:
    if os.path.isabs(named):  # noqa: PTH117 (paths are texts here, of another system perhaps)
        return os.path.normpath(disk.root + named)
    return os.path.normpath(f"{folder}/{named}")
