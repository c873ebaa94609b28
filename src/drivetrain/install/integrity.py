"""Whether an environment holds every file that its RECORDs name, by existence and size: an interrupted install looks complete to uv.

Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/. 40,000 files take half a second.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import defaultdict
from pathlib import Path

from msgspec import Struct

from drivetrain.formats.record import record_of
from drivetrain.model.environment import OwnedFile
from drivetrain.model.lock import Lock


class Integrity(Struct, frozen=True, kw_only=True):
    """What was found on disk."""

    distributions: int
    files: int
    bytes: int
    missing: tuple[tuple[str, str], ...] = ()
    """(distribution, path) of files that are not there or are not what RECORD says."""
    absent: tuple[str, ...] = ()
    """Distributions of the lock that are not there in that version."""
    contested: tuple[str, ...] = ()
    """Paths that several distributions own with different content."""


def integrity_of(site_packages: Path, lock: Lock) -> Integrity:
    """Reads every RECORD below a site-packages folder and looks at every file that it names."""
    owners: defaultdict[str, list[tuple[str, OwnedFile]]] = defaultdict(list)
    present: set[tuple[str, str]] = set()
    for record in sorted(site_packages.glob("*.dist-info/RECORD")):
        name, _, version = record.parent.name.removesuffix(".dist-info").rpartition("-")
        present.add((normalised(name), version))
        for owned in record_of(record.read_text(encoding="utf-8")).files:
            owners[owned.path].append((normalised(name), owned))
    missing: list[tuple[str, str]] = []
    total = 0
    site = str(site_packages)
    for path, claims in owners.items():
        try:
            size = os.stat(f"{site}/{path}").st_size  # noqa: PTH116 (40,000 Path objects cost as much as the calls)
        except OSError:
            missing += [(name, path) for name, _ in claims]
            continue
        total += size
        # Some wheels ship byte code (numpy 2.2.6 has conv_template.cpython-311.pyc), and compiling after the install rewrites it.
        if path.endswith(".pyc"):
            continue
        if not any(owned.size_bytes in (None, size) for _, owned in claims) and not _is_as_recorded(f"{site}/{path}", claims):
            missing.append((claims[0][0], path))
    return Integrity(
        distributions=len(present),
        files=len(owners),
        bytes=total,
        missing=tuple(missing),
        absent=tuple(each.name for each in lock.artifacts if not is_present(each.name, each.version, present)),
        contested=tuple(path for path, claims in owners.items() if len({owned.sha256 for _, owned in claims}) > 1),
    )


def is_present(name: str, version: str, present: set[tuple[str, str]]) -> bool:
    """Tells whether (name, version) is among the installed ones, however the version is spelled."""
    name = normalised(name)
    if (name, version) in present:
        return True
    from packaging.version import InvalidVersion, Version

    try:
        return any(other == name and Version(installed) == Version(version) for other, installed in present)
    except InvalidVersion:
        return False


def normalised(name: str) -> str:
    """Gives a distribution's name as PEP 503 compares it."""
    return name.lower().replace("_", "-").replace(".", "-")


def site_packages_of(prefix: Path) -> Path | None:
    """Gives the site-packages folder of an environment."""
    windows = prefix / "Lib" / "site-packages"
    return next((path for path in [*sorted(prefix.glob("lib/python*/site-packages")), windows] if path.is_dir()), None)


def _is_as_recorded(path: str, claims: list[tuple[str, OwnedFile]]) -> bool:
    """Some wheels' RECORDs give a wrong size beside the right hash: the file is then as its maker meant it."""
    hashes = {owned.sha256 for _, owned in claims if owned.sha256}
    if not hashes:
        return False
    with Path(path).open("rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode() in hashes
