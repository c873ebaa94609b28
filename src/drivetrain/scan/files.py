"""Compares RECORDs with the disk: what is missing or has another size, and what lies in the place of files that two distributions own."""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from drivetrain.model.environment import DiskFile, Installed, OwnedFile

_BINARIES = (".so", ".pyd", ".dll", ".dylib", ".exe")
_SHOWN = 20
_CHUNK_BYTES = 1 << 20


def owners_of(installed: Iterable[Installed], ignore_case: bool) -> dict[str, list[OwnedFile]]:
    """Gives every path that two or more distributions own, with each owner's line."""
    first: dict[str, tuple[int, OwnedFile]] = {}
    several: dict[str, list[OwnedFile]] = {}
    for number, one in enumerate(installed):
        for each in one.files:
            key = each.path.lower() if ignore_case else each.path
            if key not in first:
                first[key] = (number, each)
            elif first[key][0] != number:
                several.setdefault(key, [first[key][1]]).append(each)
    return several


def compared(installed: Iterable[Installed], site: str, shared: frozenset[str], ignore_case: bool) -> tuple[tuple[Installed, ...], int, int]:
    """Gives the distributions with their missing files counted, and how many binaries and bytes lie on disk."""
    seen: dict[str, int | None] = {}
    binaries = total = 0
    result = []
    for one in installed:
        damaged: list[DiskFile] = []
        for each in one.files:
            key = each.path.lower() if ignore_case else each.path
            if key not in seen:
                seen[key] = size = _size(site, each.path)
                total += size or 0
                binaries += size is not None and (each.path.endswith(_BINARIES) or ".so." in each.path)
            if key not in shared and _is_damaged(each, seen[key]):
                damaged.append(DiskFile(path=each.path, size_bytes=seen[key], sha256=None))
        result.append(msgspec.structs.replace(one, missing=len(damaged), damaged=tuple(damaged[:_SHOWN])) if damaged else one)
    return tuple(result), binaries, total


def disk_files(shared: dict[str, list[OwnedFile]], site: str) -> tuple[DiskFile, ...]:
    """Gives each shared file as it lies on disk; hashed only where sizes do not tell whose it is."""
    plain: list[tuple[str, int | None]] = []
    to_hash: list[tuple[str, int | None]] = []
    for owners in shared.values():
        path = owners[0].path
        size = _size(site, path)
        (to_hash if size is not None and _needs_hash(owners, size) else plain).append((path, size))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        digests = list(pool.map(lambda item: _sha256(Path(site, item[0])), to_hash)) if to_hash else []
    files = [DiskFile(path=path, size_bytes=size, sha256=None) for path, size in plain]
    files += [DiskFile(path=path, size_bytes=size, sha256=digest) for (path, size), digest in zip(to_hash, digests, strict=True)]
    return tuple(sorted(files, key=lambda each: each.path))


def _is_damaged(each: OwnedFile, size: int | None) -> bool:
    if each.sha256 is None and each.size_bytes is None:
        return False  # RECORD itself, and byte code that pip lists without hash: Python rewrites or removes it.
    if size is None:
        return True
    # Console scripts and kernelspecs outside site-packages are rewritten when an environment is moved.
    return each.size_bytes is not None and size != each.size_bytes and not each.path.startswith("../")


def _needs_hash(owners: list[OwnedFile], size: int) -> bool:
    contents = defaultdict(set)
    for each in owners:
        contents[each.size_bytes].add(each.sha256)
    different = len({(each.size_bytes, each.sha256) for each in owners}) > 1
    candidates = contents.get(size, set()) | contents.get(None, set())
    return different and len(candidates) > 1


def _size(site: str, path: str) -> int | None:
    try:
        return os.stat(f"{site}/{path}").st_size  # noqa: PTH116 (a Path for each of 40,000 files doubles the time)
    except (OSError, ValueError):
        return None


def _sha256(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return None
    return urlsafe_b64encode(digest.digest()).rstrip(b"=").decode("ascii")
