"""Reads conda's own records: every package, which of its files are gone, and which Python distributions another installer has replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from drivetrain.formats.conda_meta import CondaFile, CondaRecord, conda_record_of
from drivetrain.formats.dist_info import normalised
from drivetrain.model.environment import Installed, OwnedFile
from drivetrain.model.site_folder import CondaPackage
from drivetrain.scan.ownership import is_named_library
from drivetrain.scan.place import Place
from drivetrain.words import say

_TOOLS = frozenset({"python", "pip", "setuptools", "wheel"})
_SHOWN = 20
_REMOVED_AT_WILL = (".pyc", ".a", ".la")
"""Python rewrites byte code; images are made smaller by removing static libraries."""


class CondaPackages:
    """What conda-meta says."""

    def __init__(self, place: Place, installed: Iterable[Installed]) -> None:
        self._place = place
        self._known = {one.name: one for one in installed}
        self.notes: list[str] = []
        self._records = dict(self._read())

    @property
    def packages(self) -> tuple[CondaPackage, ...]:
        """Every package by name."""
        return tuple(self._package(record, entry) for entry, record in sorted(self._records.items()))

    def with_builds(self, installed: Iterable[Installed]) -> tuple[Installed, ...]:
        """Gives the distributions with the build string of the conda package that brought them, where they are still as it brought them."""
        builds = {}
        for record in self._records.values():
            name, version = record.distribution or (normalised(record.name), record.version)
            builds[name] = record.build if version else ""
        return tuple(replace(one, build=builds[one.name]) if one.name in builds else one for one in installed)

    @property
    def others(self) -> Iterator[Installed]:
        """Gives the packages that no dist-info stands for (cudatoolkit, cudnn, libtorch ...), as distributions."""
        for entry, record in sorted(self._records.items()):
            name = normalised(record.name)
            if name not in self._known and name not in _TOOLS and record.distribution is None:
                files = tuple(self._owned(each) for each in record.owned)
                yield Installed(name=name, version=record.version, path=f"conda-meta/{entry}", installer="conda", build=record.build, files=files)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Every file of a package that is named like a shared library, relative to the first site-packages folder."""
        return tuple(self._shown(each.path) for record in self._records.values() for each in record.owned if is_named_library(each.path))

    def _read(self) -> Iterator[tuple[str, CondaRecord]]:
        folder = self._place.prefix / "conda-meta"
        for entry in self._place.disk.names(folder):
            if not entry.endswith(".json"):
                continue
            record = self._record(folder / entry)
            if record is not None:
                yield entry, record

    def _record(self, path: Path) -> CondaRecord | None:
        """Of a record that cannot be read its file's name still says name, version and build."""
        text = self._place.disk.text(path)
        record = conda_record_of(text.encode()) if text is not None else None
        if record is not None:
            return record
        stem, _, build = path.name.removesuffix(".json").rpartition("-")
        name, _, version = stem.rpartition("-")
        if (text or "").strip() not in ("", "{}"):
            self.notes.append(say("{path}: is no record of conda's", path=f"conda-meta/{path.name}"))
        return CondaRecord(name=name, version=version, build=build) if name else None

    def _package(self, record: CondaRecord, entry: str) -> CondaPackage:
        missing = [each.path for each in record.owned if self._is_missing(each)]
        name, version = record.distribution or ("", "")
        now = self._known.get(name)
        replaced = now is not None and now.installer not in ("", "conda") and now.version != version
        return CondaPackage(
            name=record.name,
            version=record.version,
            build=record.build,
            channel=record.channel,
            depends=record.depends,
            path=f"conda-meta/{entry}",
            distribution=name,
            files=len(record.owned),
            missing=tuple(missing[:_SHOWN]),
            missing_count=len(missing),
            replaced_by=now.version if now is not None and replaced else "",
            replaced_with=now.installer if now is not None and replaced else "",
        )

    def _is_missing(self, each: CondaFile) -> bool:
        if each.path.endswith(_REMOVED_AT_WILL):
            return False
        path = f"{self._place.prefix}/{each.path}"
        if each.path_type == "softlink":
            return not self._place.disk.is_link(path)
        found = self._place.disk.state(path)
        if found is None:
            return not self._place.disk.is_link(path)
        return each.size_in_bytes is not None and each.prefix_placeholder is None and each.path_type == "hardlink" and found.st_size != each.size_in_bytes

    def _owned(self, each: CondaFile) -> OwnedFile:
        return OwnedFile(path=self._shown(each.path), sha256=None, size_bytes=None)

    def _shown(self, path: str) -> str:
        return self._place.relative(f"{self._place.prefix}/{path}")
