"""Gives the catalogue for a request: the shipped snapshot or a newer one of the cache, and what lies in find-links folders."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from drivetrain.catalogue import Catalogue, LocalWheel
from drivetrain.errors import CatalogueError, DrivetrainError
from drivetrain.model.catalogue import Wheel
from drivetrain.model.machine import Machine
from drivetrain.model.request import Request

OVERLAY_SECONDS = 7 * 24 * 3600.0


def catalogue_for(request: Request | None, machine: Machine, cache: Path, *, here: bool = True) -> Catalogue:
    """Gives the facts to plan with; nothing on the network is asked."""
    from drivetrain.catalogue import read_snapshot
    from drivetrain.frameworks import catalogue

    overlay = cache / "snapshot.json"
    snapshot = None
    try:
        if time.time() - overlay.stat().st_mtime < OVERLAY_SECONDS:
            snapshot = read_snapshot(overlay)
    except (OSError, CatalogueError):
        # No newer one, or a damaged one: the shipped facts serve.
        snapshot = None
    made = catalogue(snapshot)
    folders = [each.name for each in machine.indexes if each.kind == "find-links"] if here else []
    wheels = tuple(each for folder in (*folders, *(request.find_links if request else ())) for each in wheels_in(folder))
    return made.with_snapshot(made.snapshot, wheels) if wheels else made


def refresh(request: Request, cache: Path) -> None:
    """Asks the configured indexes for news and keeps the answer in the cache; raises IndexUnreachable."""
    from drivetrain.catalogue import DATA
    from drivetrain.catalogue.refresh.default_index import default_index
    from drivetrain.catalogue.refresh.reading import Places, snapshot_of
    from drivetrain.catalogue.refresh.scope import shipped_scope
    from drivetrain.catalogue.refresh.snapshot_file import snapshot_in, write_snapshot

    fresh = snapshot_of(shipped_scope(), Places(indexes=(default_index(), *request.indexes)), old=snapshot_in(DATA / "snapshot.json"))
    cache.mkdir(parents=True, exist_ok=True)
    write_snapshot(fresh, cache / "snapshot.json")


def wheels_in(folder: str) -> Iterator[LocalWheel]:
    """Gives the wheels of a find-links folder whose local version makes them another build than the index has."""
    path = Path(unquote(folder[len("file://") :]) if folder.startswith("file://") else folder).expanduser()
    try:
        names = sorted(each.name for each in os.scandir(path) if each.name.endswith(".whl") and "+" in unquote(each.name))
    except OSError:
        return
    for name in names:
        try:
            yield _wheel(unquote(name), (path / name).stat().st_size, f"find-links:{folder}")
        except (ValueError, OSError, DrivetrainError):
            continue


def _wheel(name: str, size: int, place: str) -> LocalWheel:
    from packaging.utils import parse_wheel_filename

    distribution, version, _, _ = parse_wheel_filename(name)
    tags = "-".join(name[: -len(".whl")].split("-")[-3:])
    return LocalWheel(distribution=distribution, version=version.public, local=version.local or "", wheel=Wheel(tags=tags, bytes=size), place=place)
