"""Turns the files of a project into releases, and says which wheels' METADATA must be read; source: the binary distribution format (wheel tags)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from drivetrain.catalogue.refresh.index_page import IndexFile
from drivetrain.model.catalogue import PLATFORMS, Release, Wheel

_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64", "universal2": "universal2"}
_PLATFORM = re.compile(r"(?P<os>manylinux|linux|win|macosx)(?:\w*?)_(?P<machine>x86_64|amd64|aarch64|arm64|universal2)$")
_OS = {"manylinux": "linux", "linux": "linux", "win": "windows", "macosx": "macos"}
_PYTHON = re.compile(r"(?:cp|py)3\d*t?$")
READ_FIRST = ("linux-x86_64", "any", "linux-aarch64", "windows-x86_64", "macos-arm64", "macos-x86_64")
"""Whose METADATA stands for the release: the first of these that has a wheel."""


class Listed:
    """One release with the files that the page lists for it."""

    def __init__(self, release: Release, wheels: dict[str, IndexFile]) -> None:
        self.release = release
        self.wheels = wheels
        """Files by the tags of `release.wheels`."""


def platforms_of(tags: str) -> tuple[str, ...]:
    """Gives the platforms, in the catalogue's spelling, that a wheel's tags name; "any" for a wheel without native code."""
    found: list[str] = []
    for tag in tags.rpartition("-")[2].split("."):
        match = _PLATFORM.match(tag)
        if tag == "any":
            found.append("any")
        elif match:
            machine = _MACHINES[match["machine"]]
            names = ("macos-arm64", "macos-x86_64") if machine == "universal2" else (f"{_OS[match['os']]}-{machine}",)
            found.extend(name for name in names if name in PLATFORMS and name not in found)
    return tuple(found)


def listed_releases(name: str, files: Iterable[IndexFile], *, oldest: str = "") -> tuple[Listed, ...]:
    """Gives the releases from `oldest` on, newest first: the finals, and the pre-releases newer than the newest final.

    Wheels for other systems than the catalogue's platforms, for PyPy and for Python 2 are left out. A release without a wheel stays: its date counts.
    Wheels with a local version ("2.10.0+cu126") are another build of the release, and `labelled_builds` has them.
    """
    groups: dict[Version, list[tuple[IndexFile, str]]] = {}
    floor = Version(oldest) if oldest else None
    for file in files:
        read = _version_and_tags(name, file.filename)
        if read is not None and read[0].local is None and (floor is None or read[0] >= floor):
            groups.setdefault(read[0], []).append((file, read[1]))
    newest_final = max((version for version in groups if not version.is_prerelease), default=None)
    kept = [version for version in groups if not version.is_prerelease or newest_final is None or version > newest_final]
    return tuple(_listed(version, groups[version]) for version in sorted(kept, reverse=True))


def labelled_builds(name: str, files: Iterable[IndexFile], *, oldest: str = "") -> dict[tuple[Version, str], list[tuple[IndexFile, str]]]:
    """Gives the wheels of a project that bear a local version: by (public version, label), each with its tags."""
    floor = Version(oldest) if oldest else None
    found: dict[tuple[Version, str], list[tuple[IndexFile, str]]] = {}
    for file in files:
        read = _version_and_tags(name, file.filename)
        if read is not None and read[0].local is not None and _served(read[1]) and (floor is None or read[0] >= floor):
            found.setdefault((Version(read[0].public), read[0].local), []).append((file, read[1]))
    return found


def _version_and_tags(name: str, filename: str) -> tuple[Version, str] | None:
    """Gives (version, tags), the tags empty for an sdist; None for a file that is neither, or of another project."""
    try:
        if filename.endswith(".whl"):
            project, version, _, _ = parse_wheel_filename(filename)
            tags = "-".join(filename[:-4].split("-")[-3:])
        else:
            project, version = parse_sdist_filename(filename)
            tags = ""
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return (version, tags) if project == canonicalize_name(name) else None


def _listed(version: Version, files: list[tuple[IndexFile, str]]) -> Listed:
    wheels = {tags: file for file, tags in sorted(files, key=lambda pair: _build_number(pair[0].filename)) if tags and _served(tags)}
    first = next(iter(wheels.values()), files[0][0])
    release = Release(
        version=str(version),
        released=min((file.released for file, _ in files if file.released), default=""),
        yanked=all(file.yanked for file, _ in files),
        requires_python=first.requires_python,
        wheels=tuple(Wheel(tags, wheels[tags].bytes) for tags in sorted(wheels)),
    )
    return Listed(release, wheels)


def _served(tags: str) -> bool:
    python = tags.partition("-")[0].split(".")
    return any(_PYTHON.match(tag) for tag in python) and bool(platforms_of(tags))


def _build_number(filename: str) -> tuple[int, str]:
    parts = filename[:-4].split("-")
    build = re.match(r"(\d+)(.*)", parts[2]) if filename.endswith(".whl") and len(parts) == 6 else None
    return (int(build[1]), build[2]) if build else (-1, "")


def wheels_to_read(listed: Listed, *, every_platform: bool) -> dict[str, str]:
    """Gives the tags of the wheel to read by platform, the one that stands for the release first; the newest Python's wheel of each platform."""
    chosen: dict[str, str] = {}
    for tags in sorted(listed.wheels, key=newest_python):
        for platform in platforms_of(tags):
            chosen[platform] = tags
    ordered = {platform: chosen[platform] for platform in READ_FIRST if platform in chosen}
    return ordered if every_platform else dict(list(ordered.items())[:1])


def newest_python(tags: str) -> tuple[int, bool, str]:
    python = tags.partition("-")[0].split(".")[-1]
    digits = re.sub(r"\D", "", python)[1:]
    # A free-threaded wheel may leave out requirements that have no such build; it stands for the release only where there is no other.
    return (int(digits or 0) if not tags.split("-")[1].endswith("t") else -1, python.startswith("cp"), tags)
