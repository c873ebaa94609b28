"""Finds eggs, the form of installed distributions before wheels: folders, zip files, and links to a source folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from drivetrain.formats.dist_info import Metadata, metadata_of, normalised
from drivetrain.model.environment import Installed
from drivetrain.model.site_folder import Egg, PathFile
from drivetrain.scan.disk import Disk
from drivetrain.scan.place import Place

_NAME = re.compile(r"(?P<name>[^-]+)(?:-(?P<version>[^-]+))?(?:-py\d[\d.]*)?(?:-.+)?\.egg")


def eggs_in(place: Place, path_files: Iterable[PathFile]) -> tuple[Egg, ...]:
    """Gives every egg of the site-packages folders, by path."""
    named = {folder.rstrip("/") for each in path_files for folder in each.folders}
    return tuple(egg for folder in place.sites for name in place.disk.names(folder) if (egg := _egg(place, f"{folder}/{name}", named)) is not None)


def installed_eggs(place: Place, eggs: Iterable[Egg], known: frozenset[str]) -> Iterator[Installed]:
    """Gives the eggs that Python sees as distributions; those that a dist-info stands for already are none of their own."""
    for egg in eggs:
        if not egg.active or egg.name in known:
            continue
        metadata = _metadata(place.disk, f"{place.sites[0]}/{egg.path}", egg)
        version = metadata.version if metadata else egg.version
        if version:
            requires = metadata.requires if metadata else ()
            url = f"file://{egg.source}" if egg.kind == "link" else ""
            yield Installed(name=egg.name, version=version, path=egg.path, requires=requires, url=url, editable=egg.kind == "link", requested=True)


def _egg(place: Place, path: str, named: set[str]) -> Egg | None:
    name, shown = path.rpartition("/")[2], place.relative(path)
    if name.endswith(".egg-link"):
        source = (place.disk.text(path) or "").split("\n", 1)[0].strip()
        active = bool(source) and place.relative(place.disk.root + source) in named
        return Egg(name=normalised(name.removesuffix(".egg-link")), version="", path=shown, kind="link", active=active, source=source)
    if (match := _NAME.fullmatch(name)) is None:
        return None
    kind = "folder" if place.disk.is_folder(path) else "zip"
    return Egg(name=normalised(match["name"]), version=match["version"] or "", path=shown, kind=kind, active=shown in named)  # type: ignore[arg-type]


def _metadata(disk: Disk, path: str, egg: Egg) -> Metadata | None:
    if egg.kind == "folder":
        return metadata_of(disk.text(f"{path}/EGG-INFO/PKG-INFO") or "")
    if egg.kind == "zip":
        return metadata_of(_of_zip(disk.real(path)) or "")
    folder = disk.placed(egg.source)
    infos = [name for name in disk.names(folder) if name.endswith(".egg-info") and normalised(name.removesuffix(".egg-info")) == egg.name]
    return metadata_of(disk.text(f"{folder}/{infos[0]}/PKG-INFO") or "") if infos else None


def _of_zip(path: str) -> str | None:
    import zlib
    from zipfile import BadZipFile, ZipFile

    from drivetrain.binaries.regular_file import opened

    try:
        with opened(path) as whole, ZipFile(whole) as archive, archive.open("EGG-INFO/PKG-INFO") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except (OSError, BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        return None
