"""Which processes run from an environment: they keep what they have loaded, and get the new one's files for whatever they import later."""

from __future__ import annotations

import os
from pathlib import Path


def occupants_of(prefix: Path) -> tuple[int, ...]:
    """Gives the ids of the processes, as far as we may see them, that have a file of the prefix mapped or were started from it (Linux)."""
    folder = os.fsencode(prefix.resolve()) + b"/"
    try:
        pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    except OSError:
        return ()
    return tuple(pid for pid in sorted(pids) if pid != os.getpid() and _runs_from(pid, folder))


def _runs_from(pid: int, folder: bytes) -> bool:
    place = Path("/proc") / str(pid)
    try:
        return (place / "cmdline").read_bytes().startswith(folder) or folder in (place / "maps").read_bytes()
    except OSError:
        return False
