"""Reads every distribution of a site-packages folder: dist-info and egg-info."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.formats.dist_info import direct_url_of, metadata_of, name_and_version_of, tags_of_wheel
from drivetrain.formats.record import record_of
from drivetrain.model.environment import Installed, OwnedFile
from drivetrain.scan.disk import Disk
from drivetrain.scan.known_distributions import KnownDistributions
from drivetrain.words import say, why

_LEFTOVER = re.compile(r"~.+")
_MOST_METADATA = 1 << 20
"""Bytes: the headers stand first, and what follows them is not read."""


class Found(Struct, frozen=True, kw_only=True):
    """What lies in the site-packages folders."""

    installed: tuple[Installed, ...]
    leftovers: tuple[str, ...]
    notes: tuple[str, ...]


def found_in(sites: tuple[Path, ...], disk: Disk, known: KnownDistributions) -> Found:
    """Gives the distributions of these folders by name, paths relative to the first."""
    installed: list[Installed] = []
    leftovers: list[str] = []
    notes: list[str] = []
    for site in sites:
        base = "" if site == sites[0] else Path(os.path.relpath(site, sites[0])).as_posix() + "/"
        try:
            entries = disk.entries(site)
        except OSError as error:
            notes.append(say("{path}: cannot be read ({why})", path=site, why=why(error)))
            continue
        for entry in entries:
            if entry.name.endswith((".dist-info", ".egg-info")) and not entry.name.startswith("~"):
                reader, path = _Reader(disk, base, notes), Path(entry.path)
                if (one := known.read(path, lambda reader=reader, path=path: reader.soundly(path))) is not None:  # type: ignore[misc]
                    installed.append(one)
            elif _LEFTOVER.fullmatch(entry.name):
                leftovers.append(base + entry.name)
    return Found(installed=tuple(sorted(installed, key=lambda one: one.name)), leftovers=tuple(leftovers), notes=tuple(notes))


class _Reader(Struct, frozen=True):
    """Reads the entries of one site-packages folder."""

    disk: Disk
    base: str
    """The folder relative to the first one, "/" at its end; empty for the first."""
    notes: list[str]

    def soundly(self, folder: Path) -> tuple[Installed | None, bool]:
        """Gives a distribution, and whether nothing had to be noted of it."""
        before = len(self.notes)
        return self._installed(folder), len(self.notes) == before

    def _installed(self, folder: Path) -> Installed | None:
        is_folder = self.disk.is_folder(folder)
        text = self.disk.text(folder / ("METADATA" if folder.suffix == ".dist-info" else "PKG-INFO") if is_folder else folder, _MOST_METADATA)
        metadata = metadata_of(text) if text is not None else None
        named = name_and_version_of(folder.name)
        if metadata is None:
            self.notes.append(say("{path}: holds no readable METADATA", path=folder.name))
            if named is None or not named[1]:
                return None
        name, version = (metadata.name, metadata.version) if metadata else named or ("", "")
        requires = metadata.requires if metadata else ()
        if not is_folder or folder.suffix == ".egg-info":
            return Installed(name=name, version=version, path=self.base + folder.name, requires=requires, files=self._of_egg_info(folder))
        url, editable = direct_url_of(self._text(folder / "direct_url.json") or "")
        return Installed(
            name=name,
            version=version,
            path=self.base + folder.name,
            url=url,
            editable=editable,
            requires=requires,
            extras=metadata.extras if metadata else (),
            requested=self.disk.state(str(folder / "REQUESTED")) is not None,
            installer=(self._text(folder / "INSTALLER") or "").strip(),
            tags=tags_of_wheel(self._text(folder / "WHEEL") or ""),
            files=self._files(folder),
        )

    def _of_egg_info(self, folder: Path) -> tuple[OwnedFile, ...]:
        """`setup.py install --record` and pip before wheels list paths alone, relative to the egg-info folder."""
        lines = (self._text(folder / "installed-files.txt") or "").splitlines()
        paths = (os.path.normpath(f"{self.base}{folder.name}/{line}").replace(os.sep, "/") for line in lines if line)
        return tuple(OwnedFile(path=path, sha256=None, size_bytes=None) for path in paths)

    def _files(self, folder: Path) -> tuple[OwnedFile, ...]:
        text = self._text(folder / "RECORD")
        if text is None:
            # Distributions of Debian and of conda's oldest packages have none; their own tools keep the list.
            if self._text(folder / "WHEEL") is not None:
                self.notes.append(say("{path}: has no RECORD, its files cannot be checked", path=folder.name))
            return ()
        record = record_of(text)
        if record.damaged_lines:
            self.notes.append(say("{path}/RECORD: line {line} is damaged", path=folder.name, line=record.damaged_lines[0]))
        if not self.base:
            return record.files
        return tuple(msgspec.structs.replace(each, path=os.path.normpath(self.base + each.path).replace(os.sep, "/")) for each in record.files)

    def _text(self, path: Path) -> str | None:
        return self.disk.text(path)
