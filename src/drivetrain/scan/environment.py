"""Joins place, distributions, files, builds, libraries, what Python sees and the recorded request into one Environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from msgspec import Struct

from drivetrain.formats.wheel_tags import os_of_many
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.library import Library, Unmet
from drivetrain.model.machine import OsFamily
from drivetrain.scan.builds import builds_in
from drivetrain.scan.conda_packages import CondaPackages
from drivetrain.scan.disk import Disk
from drivetrain.scan.distributions import found_in
from drivetrain.scan.eggs import eggs_in, installed_eggs
from drivetrain.scan.files import compared, disk_files
from drivetrain.scan.interpreter import interpreter_of
from drivetrain.scan.known_distributions import KnownDistributions
from drivetrain.scan.known_libraries import KnownLibraries
from drivetrain.scan.loose_folders import loose_in
from drivetrain.scan.origin import origin_of
from drivetrain.scan.path_files import customised_in, path_files_in, with_owners
from drivetrain.scan.place import Place, host_os, place_of
from drivetrain.scan.requests import asked_in
from drivetrain.scan.user_site import user_site_of


class Wanted(Struct, frozen=True, kw_only=True):
    """How an environment is to be read."""

    libraries: bool = True
    """Whether its shared libraries are opened."""
    cache: Path | None = None
    """The folder that remembers what was read of them."""
    root: Path | None = None
    """The folder that stands for the "/" of its system."""


def environment_at(prefix: Path, wanted: Wanted) -> Environment:
    """Gives what the environment at that prefix holds; raises PrefixError where there is none."""
    place = place_of(prefix, Disk(wanted.root))
    # An image's paths are not this machine's: what is remembered of them would be of whatever lies there.
    known = KnownDistributions(None if place.disk.root else wanted.cache, place.prefix)
    found = found_in(place.sites, place.disk, known)
    conda = CondaPackages(place, found.installed) if place.kind == "conda" else None
    path_files = path_files_in(place)
    eggs = eggs_in(place, path_files)
    installed = (*found.installed, *installed_eggs(place, eggs, frozenset(one.name for one in found.installed)))
    if conda is not None:
        installed = (*conda.with_builds(installed), *conda.others)
    platform = _platform(place, installed)
    files = compared(place, installed, known, platform == "windows")
    known.keep()
    listed = FrozenMap(files.ownership.listed)
    asked = asked_in(place)
    owned = (*files.ownership.libraries, *(conda.libraries if conda is not None else ()))
    known_libraries = KnownLibraries(wanted.cache, place.prefix) if wanted.libraries else None
    interpreter = interpreter_of(place, known_libraries)
    libraries = _libraries(place, owned, known_libraries) if known_libraries is not None else ()
    return Environment(
        prefix=str(place.prefix),
        kind=cast(Literal["venv", "conda", "system", "folder"], place.kind),
        platform=platform,
        python=place.python,
        site_packages=str(place.sites[0]),
        installed=files.installed,
        builds=builds_in(place, files.installed),
        listed=listed,
        shared_files=disk_files(place, files.ownership),
        interpreter=interpreter,
        origin=origin_of(place),
        path_files=with_owners(path_files, files.installed, listed),
        customised=customised_in(place),
        user_site=user_site_of(place),
        eggs=eggs,
        conda=conda.packages if conda is not None else (),
        root=place.disk.root,
        leftovers=found.leftovers,
        loose=loose_in(place, files.installed, files.ownership.tops),
        inherits=place.inherits or place.kind == "folder",
        requirements=asked.requirements,
        requirements_from=asked.origin,
        accelerator=asked.accelerator,
        gpus=asked.gpus,
        libraries=libraries,
        unmet=_unmet(place, libraries, wanted.cache) if wanted.libraries else None,
        notes=(*found.notes, *(conda.notes if conda is not None else ()), *asked.notes),
        binaries=files.binaries,
        bytes=files.bytes,
    )


def _libraries(place: Place, owned: tuple[str, ...], known: KnownLibraries) -> tuple[Library, ...]:
    from drivetrain.scan.libraries import libraries_in

    found = libraries_in(place, owned, known)
    known.keep()
    return found


def _unmet(place: Place, libraries: tuple[Library, ...], cache: Path | None) -> tuple[Unmet, ...]:
    from drivetrain.scan.known_names import unmet_of

    return unmet_of(place.prefix, str(place.sites[0]), libraries, cache)


def _platform(place: Place, installed: tuple[Installed, ...]) -> OsFamily:
    if place.windows:
        return "windows"
    tagged = os_of_many(tag for one in installed for tag in one.tags)
    if place.kind == "folder" or tagged == "macos":
        return tagged or host_os()
    # lib/pythonX.Y is the layout of Linux and macOS alike; a venv of macOS that holds pure wheels alone is told by the host.
    return tagged if tagged == "linux" else "macos" if host_os() == "macos" else "linux"
