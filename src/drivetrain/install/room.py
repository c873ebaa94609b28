"""Whether the disks have room for what a lock unpacks to, before anything is downloaded."""

from __future__ import annotations

import shutil
from pathlib import Path

from drivetrain.errors import PrefixError
from drivetrain.install.engine import Engine
from drivetrain.model.lock import Lock
from drivetrain.words import say

UNPACKED = 1.9
"""Bytes on disk for a byte of wheel: three frameworks with CUDA, 5.2 GB of wheels, unpack to 9.9 GB (measured)."""
BYTE_CODE = 0.03
"""Bytes of byte code for a byte unpacked: 224 MB of 9.9 GB (measured)."""


def check_room(lock: Lock, prefix: Path, engine: Engine, *, uncached: int) -> None:
    """Raises PrefixError when a disk cannot hold what is to be written.

    Of so many wheels the cache lacks `uncached`, nobody says which: the smallest are counted, so that nothing is refused that would fit.
    """
    unpacked = int(lock.download_bytes * UNPACKED)
    fetched = int(sum(sorted(each.bytes or 0 for each in lock.artifacts)[:uncached]) * UNPACKED)
    byte_code = int(unpacked * BYTE_CODE)
    cache = cache_dir(engine)
    shared = _device(cache) == _device(prefix) and engine.variables().get("UV_LINK_MODE") not in ("copy",)
    for place, needed in _needs(cache, prefix, fetched, byte_code + (0 if shared else unpacked)):
        free = shutil.disk_usage(_existing(place)).free
        if free < needed:
            raise PrefixError(
                say("{place} has {free} free, {needed} are needed", place=place, free=size_text(free), needed=size_text(needed)),
                say("make room, or choose other places with --prefix and --cache-dir"),
            )


def cache_dir(engine: Engine) -> Path:
    """Gives the folder of uv's cache."""
    named = engine.variables().get("UV_CACHE_DIR")
    return Path(named) if named else Path(engine.run(["cache", "dir"]).out.strip() or ".")


def size_text(size: int) -> str:
    """Gives bytes as people read them: "5.2 GB"."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1000:.0f} kB"


def _needs(cache: Path, prefix: Path, in_cache: int, in_prefix: int) -> list[tuple[Path, int]]:
    if _device(cache) == _device(prefix):
        return [(prefix.parent, in_cache + in_prefix)]
    return [(cache, in_cache), (prefix.parent, in_prefix)]


def _device(path: Path) -> int:
    return _existing(path).stat().st_dev


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.absolute().parents) if each.exists())
