"""Where drivetrain keeps what it can get again: the cache folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(asked: str | None) -> Path:
    """Gives the cache folder: --cache-dir or DRIVETRAIN_CACHE_DIR, else the system's place for caches."""
    if asked:
        return Path(asked).expanduser().absolute()
    if sys.platform.startswith("linux"):
        # What platformdirs gives here, without the 20 ms of its import, which every plan would pay.
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "drivetrain"
    from platformdirs import user_cache_path

    return user_cache_path("drivetrain", appauthor=False)


def overlay_path(cache: Path) -> Path:
    """Gives where `catalogue refresh` keeps what it read."""
    return cache / "snapshot.json"


def shipped_path() -> Path:
    """Gives the snapshot that drivetrain brings along."""
    from drivetrain.catalogue import DATA

    return DATA / "snapshot.json"
