"""Joins place, distributions, files, builds and the recorded request into one Environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import msgspec

from drivetrain.formats.wheel_tags import os_of_many
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.library import Library
from drivetrain.model.machine import OsFamily
from drivetrain.scan.builds import builds_in
from drivetrain.scan.distributions import conda_builds, conda_packages, found_in
from drivetrain.scan.files import compared, disk_files, owners_of
from drivetrain.scan.place import Place, host_os, place_of
from drivetrain.scan.requests import asked_in


def environment_at(prefix: Path, *, libraries: bool, cache: Path | None) -> Environment:
    """Gives what the environment at that prefix holds, its shared libraries only if wanted; raises PrefixError where there is none."""
    place = place_of(prefix)
    found = found_in(place.sites)
    installed = _with_conda(place, found.installed)
    platform = _platform(place, installed)
    site, ignore_case = str(place.sites[0]), platform == "windows"
    shared = owners_of(installed, ignore_case)
    installed, binaries, total = compared(installed, site, frozenset(shared), ignore_case)
    asked = asked_in(prefix)
    return Environment(
        prefix=str(prefix),
        kind=cast(Literal["venv", "conda", "system", "folder"], place.kind),
        platform=platform,
        python=place.python,
        site_packages=site,
        installed=installed,
        builds=builds_in(place.sites[0], installed),
        shared_files=disk_files(shared, site),
        leftovers=found.leftovers,
        inherits=place.inherits or place.kind == "folder",
        requirements=asked.requirements,
        requirements_from=asked.origin,
        accelerator=asked.accelerator,
        gpus=asked.gpus,
        libraries=_libraries(place, installed, cache) if libraries else (),
        notes=found.notes + asked.notes,
        binaries=binaries,
        bytes=total,
    )


def _libraries(place: Place, installed: tuple[Installed, ...], cache: Path | None) -> tuple[Library, ...]:
    from drivetrain.scan.known_libraries import KnownLibraries
    from drivetrain.scan.libraries import libraries_in

    known = KnownLibraries(cache, place.prefix)
    found = libraries_in(place, installed, known)
    known.keep()
    return found


def _with_conda(place: Place, installed: tuple[Installed, ...]) -> tuple[Installed, ...]:
    if place.kind != "conda":
        return installed
    builds = conda_builds(place.prefix)
    named = tuple(msgspec.structs.replace(one, build=builds[one.name]) if one.name in builds else one for one in installed)
    return named + tuple(conda_packages(place.prefix, frozenset(one.name for one in installed)))


def _platform(place: Place, installed: tuple[Installed, ...]) -> OsFamily:
    if place.windows:
        return "windows"
    tagged = os_of_many(tag for one in installed for tag in one.tags)
    if place.kind == "folder" or tagged == "macos":
        return tagged or host_os()
    # lib/pythonX.Y is the layout of Linux and macOS alike; a venv of macOS that holds pure wheels alone is told by the host.
    return tagged if tagged == "linux" else "macos" if host_os() == "macos" else "linux"
