"""Reads what Python runs and adds to `sys.path` at every start: .pth files, `sitecustomize`, `usercustomize`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from drivetrain.formats.path_file import path_lines_of
from drivetrain.model.environment import Installed
from drivetrain.model.site_folder import PathFile
from drivetrain.scan.disk import Disk
from drivetrain.scan.place import Place

_CUSTOMISED = ("sitecustomize", "usercustomize")


def path_files_in(place: Place, installed: Iterable[Installed]) -> tuple[PathFile, ...]:
    """Gives every .pth file, in the order in which Python reads them: folder by folder, by name."""
    owners = {each.path: one.name for one in installed for each in one.files if each.path.endswith(".pth")}
    return tuple(each for folder in place.sites for each in _in(place, str(folder), owners))


def customised_in(place: Place) -> tuple[str, ...]:
    """Gives the modules and packages that run at each start by their name alone."""
    names = ((folder, name) for folder in place.sites for name in place.disk.names(folder))
    return tuple(place.relative(f"{folder}/{name}") for folder, name in names if name.removesuffix(".py") in _CUSTOMISED)


def _in(place: Place, folder: str, owners: dict[str, str]) -> Iterator[PathFile]:
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
            owner=owners.get(path, ""),
        )


def _whole(disk: Disk, folder: str, named: str) -> str:
    if os.path.isabs(named):  # noqa: PTH117 (paths are texts here, of another system perhaps)
        return os.path.normpath(disk.root + named)
    return os.path.normpath(f"{folder}/{named}")
