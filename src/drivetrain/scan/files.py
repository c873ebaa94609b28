"""Compares RECORDs with the disk: what is missing or has another size, and what lies in the place of files that two distributions own."""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.binaries.regular_file import opened
from drivetrain.model.environment import DiskFile, Installed, OwnedFile
from drivetrain.scan.known_distributions import KnownDistributions
from drivetrain.scan.ownership import Ownership
from drivetrain.scan.place import Place

_SHOWN = 20
_CHUNK_BYTES = 1 << 20
_WORTH_THREADS_BYTES = 32 << 20
"""Importing threads' pools takes as long as hashing half of it."""


class Compared(Struct, frozen=True, kw_only=True):
    """Every RECORD beside the disk."""

    installed: tuple[Installed, ...]
    """With what is missing of each."""
    ownership: Ownership
    binaries: int
    bytes: int


def compared(place: Place, installed: tuple[Installed, ...], known: KnownDistributions, ignore_case: bool) -> Compared:
    """Looks for every file of every RECORD, once."""
    owned = known.ownership(installed, ignore_case)
    size_of, site = _sizes(place), str(place.sites[0])
    suspects: list[list[OwnedFile]] = [[] for _ in installed]
    gone: set[str] = set()
    total = 0
    for files, found in zip(owned.plain, suspects, strict=True):
        for each in files:
            size = size_of(each.path)
            if size is None:
                gone.add(each.path)
                found += [each] if _is_damaged(each, None) else []
                continue
            total += size
            if size != each.size_bytes and _is_damaged(each, size):
                found.append(each)
    for folder in owned.headers:
        path = f"{site}/{folder.path}"
        if known.is_whole(path):
            total += folder.bytes
            continue
        files = tuple(installed[folder.number].files[row] for row in folder.files)
        sizes = [size_of(each.path) for each in files]
        total += sum(filter(None, sizes))
        if damaged := [each for each, size in zip(files, sizes, strict=True) if _is_damaged(each, size)]:
            suspects[folder.number] += damaged
            known.spoilt(path)
    shared = frozenset(owned.shared)
    damage = ([each for each in several if (each.path.lower() if ignore_case else each.path) not in shared] for several in suspects)
    return Compared(
        installed=tuple(_with_damage(one, several, size_of) for one, several in zip(installed, damage, strict=True)),
        ownership=owned,
        binaries=sum(path not in gone for path in owned.binaries),
        bytes=total,
    )


def _with_damage(one: Installed, damaged: list[OwnedFile], size_of: Callable[[str], int | None]) -> Installed:
    if not damaged:
        return one
    shown = tuple(DiskFile(path=each.path, size_bytes=size_of(each.path), sha256=None) for each in damaged[:_SHOWN])
    return msgspec.structs.replace(one, missing=len(damaged), damaged=shown)


def disk_files(place: Place, owned: Ownership) -> tuple[DiskFile, ...]:
    """Gives each shared file as it lies on disk; hashed only where sizes do not tell whose it is."""
    size_of, site = _sizes(place), place.sites[0]
    plain: list[tuple[str, int | None]] = []
    to_hash: list[tuple[str, int | None]] = []
    for key in owned.shared:
        owners = [line for _, line in owned.listed[key]]
        path = owners[0].path
        size = size_of(path)
        (to_hash if size is not None and _needs_hash(owners, size) else plain).append((path, size))
    paths = [Path(place.disk.real(site / path)) for path, _ in to_hash]
    digests = _digests(paths) if sum(size or 0 for _, size in to_hash) > _WORTH_THREADS_BYTES else [_sha256(path) for path in paths]
    files = [DiskFile(path=path, size_bytes=size, sha256=None) for path, size in plain]
    files += [DiskFile(path=path, size_bytes=size, sha256=digest) for (path, size), digest in zip(to_hash, digests, strict=True)]
    return tuple(sorted(files, key=lambda each: each.path))


def _sizes(place: Place) -> Callable[[str], int | None]:
    site, disk = str(place.sites[0]), place.disk

    def plain(path: str) -> int | None:
        try:
            return os.stat(f"{site}/{path}").st_size  # noqa: PTH116 (a Path for each of 40,000 files doubles the time)
        except (OSError, ValueError):
            return None

    def rooted(path: str) -> int | None:
        found = disk.state(f"{site}/{path}")
        return found.st_size if found is not None else None

    size_of = rooted if disk.root else plain
    # `pip install --target` moves the programs along, and leaves RECORD as it was for lib/python: "../../bin/tool".
    return (lambda path: size_of(path.removeprefix("../../"))) if place.kind == "folder" else size_of


def _is_damaged(each: OwnedFile, size: int | None) -> bool:
    if each.sha256 is None and each.size_bytes is None:
        return False  # RECORD itself, and byte code that pip lists without hash: Python rewrites or removes it.
    if size is None:
        return True
    # Console scripts and kernelspecs outside site-packages are rewritten when an environment is moved; dist-info by installers and by whoever retags a wheel.
    return each.size_bytes is not None and size != each.size_bytes and not each.path.startswith("../") and ".dist-info/" not in each.path


def _needs_hash(owners: list[OwnedFile], size: int) -> bool:
    contents = defaultdict(set)
    for each in owners:
        contents[each.size_bytes].add(each.sha256)
    different = len({(each.size_bytes, each.sha256) for each in owners}) > 1
    candidates = contents.get(size, set()) | contents.get(None, set())
    return different and len(candidates) > 1


def _digests(paths: list[Path]) -> list[str | None]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(_sha256, paths))


def _sha256(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with opened(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return None
    return urlsafe_b64encode(digest.digest()).rstrip(b"=").decode("ascii")
