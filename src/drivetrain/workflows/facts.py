"""Gives the catalogue for a request: the shipped snapshot or a newer one of the cache, and what lies in find-links folders."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from drivetrain.catalogue import Catalogue, LocalWheel
from drivetrain.errors import CatalogueError, DrivetrainError
from drivetrain.model.catalogue import Labelled, Wheel
from drivetrain.model.machine import Machine
from drivetrain.model.request import Request
from drivetrain.workflows.cache import overlay_path, shipped_path

OVERLAY_SECONDS = 7 * 24 * 3600.0
OLD_DAYS = 30
"""After a month a plan says that its facts are old: each framework has a release in two."""


def catalogue_for(request: Request | None, machine: Machine, cache: Path, *, here: bool = True) -> Catalogue:
    """Gives the facts to plan with; nothing on the network is asked."""
    from drivetrain.catalogue import read_snapshot
    from drivetrain.frameworks import catalogue

    overlay = overlay_path(cache)
    snapshot = None
    try:
        if counts(overlay):
            snapshot = read_snapshot(overlay)
    except (OSError, CatalogueError):
        # No newer one, or a damaged one: the shipped facts serve.
        snapshot = None
    made = catalogue(snapshot)
    folders = [each.name for each in machine.indexes if each.kind == "find-links"] if here else []
    wheels = tuple(each for folder in (*folders, *(request.find_links if request else ())) for each in wheels_in(folder))
    if here and snapshot is not None:
        wheels = (*wheels, *labelled_wheels(snapshot.labelled, made))
    return made.with_snapshot(made.snapshot, wheels) if wheels else made


def counts(overlay: Path) -> bool:
    """Tells whether plans use it: for seven days, and not after a drivetrain was installed whose own facts are newer; raises OSError where there is none."""
    return time.time() - overlay.stat().st_mtime < OVERLAY_SECONDS and day_of(overlay) >= day_of(shipped_path())


def days_old(cache: Path, today: date) -> int | None:
    """Gives how long ago the facts that plans use now were read; None where no file says it."""
    overlay = overlay_path(cache)
    try:
        used = overlay if overlay.exists() and counts(overlay) else shipped_path()
        return (today - date.fromisoformat(day_of(used))).days
    except (OSError, ValueError):
        return None


def day_of(snapshot: Path) -> str:
    """Gives the day of a snapshot's file from its first bytes, empty where it is none."""
    with snapshot.open("rb") as file:
        found = re.search(rb'"as_of":"([0-9-]{10})"', file.read(200))
    return found[1].decode() if found else ""


def labelled_wheels(builds: tuple[Labelled, ...], facts: Catalogue) -> tuple[LocalWheel, ...]:
    """Gives the wheels that an index beside the default one has under a label; what the catalogue describes of a framework's own index is known already."""
    from drivetrain.catalogue.places import place_at

    found = []
    for each in builds:
        own = place_at(each.place.partition(":")[2], facts.frameworks)
        framework = facts.framework(each.distribution)
        if own and framework and any(row.build == each.local for row in facts.facts_of_release(framework.name, each.version)):
            continue
        found += [
            LocalWheel(
                distribution=each.distribution,
                version=each.version,
                local=each.local,
                wheel=wheel,
                place=own.name if own else each.place,
                requires_python=each.requires_python,
                requires=each.requires if each.read_from else None,
            )
            for wheel in each.wheels
        ]
    return tuple(found)


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
