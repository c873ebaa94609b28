"""Reads every distribution of a site-packages folder: dist-info, egg-info, and conda-meta entries that have neither."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.formats.dist_info import direct_url_of, metadata_of, name_and_version_of, normalised, tags_of_wheel
from drivetrain.formats.record import record_of
from drivetrain.model.environment import Installed, OwnedFile
from drivetrain.words import say, why

_LEFTOVER = re.compile(r"~.+")
_CONDA_TOOLS = frozenset({"python", "pip", "setuptools", "wheel"})


class Found(Struct, frozen=True, kw_only=True):
    """What lies in the site-packages folders."""

    installed: tuple[Installed, ...]
    leftovers: tuple[str, ...]
    notes: tuple[str, ...]


def found_in(sites: tuple[Path, ...]) -> Found:
    """Gives the distributions of these folders by name, paths relative to the first."""
    installed: list[Installed] = []
    leftovers: list[str] = []
    notes: list[str] = []
    for site in sites:
        base = "" if site == sites[0] else Path(os.path.relpath(site, sites[0])).as_posix() + "/"
        try:
            entries = sorted(os.scandir(site), key=lambda entry: entry.name)
        except OSError as error:
            notes.append(say("{path}: cannot be read ({why})", path=site, why=why(error)))
            continue
        for entry in entries:
            if entry.name.endswith((".dist-info", ".egg-info")) and not entry.name.startswith("~"):
                if (one := _installed(Path(entry.path), base, entry.is_dir(), notes)) is not None:
                    installed.append(one)
            elif _LEFTOVER.fullmatch(entry.name):
                leftovers.append(base + entry.name)
    return Found(installed=tuple(sorted(installed, key=lambda one: one.name)), leftovers=tuple(leftovers), notes=tuple(notes))


def conda_packages(prefix: Path, known: frozenset[str]) -> Iterator[Installed]:
    """Gives the conda packages that no dist-info stands for (cudatoolkit, cudnn, libtorch ...), by the names of their conda-meta files."""
    for entry in sorted(path.name for path in (prefix / "conda-meta").iterdir()):
        name, _, rest = entry.removesuffix(".json").rpartition("-")
        name, _, version = name.rpartition("-")
        if entry.endswith(".json") and name and normalised(name) not in known | _CONDA_TOOLS:
            yield Installed(name=normalised(name), version=version, path=f"conda-meta/{entry}", installer="conda", build=rest)


def conda_builds(prefix: Path) -> dict[str, str]:
    """Gives the build string of each conda package, by normalised name."""
    builds = {}
    for entry in (path.name for path in (prefix / "conda-meta").iterdir()):
        stem, _, build = entry.removesuffix(".json").rpartition("-")
        if entry.endswith(".json") and stem:
            builds[normalised(stem.rpartition("-")[0])] = build
    return builds


def _installed(folder: Path, base: str, is_folder: bool, notes: list[str]) -> Installed | None:
    text = _text(folder / ("METADATA" if folder.suffix == ".dist-info" else "PKG-INFO") if is_folder else folder)
    metadata = metadata_of(text) if text is not None else None
    named = name_and_version_of(folder.name)
    if metadata is None:
        notes.append(say("{path}: holds no readable METADATA", path=folder.name))
        if named is None or not named[1]:
            return None
    name, version = (metadata.name, metadata.version) if metadata else named or ("", "")
    if not is_folder or folder.suffix == ".egg-info":
        return Installed(name=name, version=version, path=base + folder.name, requires=metadata.requires if metadata else ())
    url, editable = direct_url_of(_text(folder / "direct_url.json") or "")
    return Installed(
        name=name,
        version=version,
        path=base + folder.name,
        url=url,
        editable=editable,
        requires=metadata.requires if metadata else (),
        extras=metadata.extras if metadata else (),
        requested=(folder / "REQUESTED").exists(),
        installer=(_text(folder / "INSTALLER") or "").strip(),
        tags=tags_of_wheel(_text(folder / "WHEEL") or ""),
        files=_files(folder, base, notes),
    )


def _files(folder: Path, base: str, notes: list[str]) -> tuple[OwnedFile, ...]:
    text = _text(folder / "RECORD")
    if text is None:
        # Distributions of Debian and of conda's oldest packages have none; their own tools keep the list.
        if _text(folder / "WHEEL") is not None:
            notes.append(say("{path}: has no RECORD, its files cannot be checked", path=folder.name))
        return ()
    record = record_of(text)
    if record.damaged_lines:
        notes.append(say("{path}/RECORD: line {line} is damaged", path=folder.name, line=record.damaged_lines[0]))
    if not base:
        return record.files
    return tuple(msgspec.structs.replace(each, path=os.path.normpath(base + each.path).replace(os.sep, "/")) for each in record.files)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
