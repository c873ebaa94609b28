"""Turns what uv prints while it installs into bytes done of bytes to do.

uv has no machine-readable progress. Its lines name the large wheels as they begin and end; between them the bytes that it has written
(`/proc/PID/io`, Linux) say how far it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from drivetrain.install.integrity import normalised
from drivetrain.install.room import UNPACKED
from drivetrain.model.lock import Lock
from drivetrain.process import Listeners
from drivetrain.words import say

Progress = Callable[[str, int, int, str], None]
"""Told (phase, done bytes, total bytes, what is going on); phases in order: download, install, compile, check."""

_BEGUN = re.compile(r"\s*Downloading (\S+)")
_DONE = re.compile(r"\s*Downloaded (\S+)")


class Meter:
    """How far an install is; never goes back."""

    def __init__(self, lock: Lock, progress: Progress | None, *, uncached: int) -> None:
        self._sizes = {normalised(each.name): each.bytes or 0 for each in lock.artifacts}
        # Where the cache holds some wheels, which ones shows only as uv begins with the others.
        self._known = uncached >= len(lock.artifacts)
        self._total = lock.download_bytes if self._known else 0
        self._progress = progress
        self._phase = "download" if uncached else "install"
        self._under_way: dict[str, int] = {}
        self._finished = 0
        self._done = 0

    @property
    def listeners(self) -> Listeners:
        return Listeners(err=self.heard, tick=self.tick)

    def heard(self, line: str) -> None:
        """Takes one line of uv's."""
        if begun := _BEGUN.match(line):
            self._under_way[begun[1]] = self._sizes.get(normalised(begun[1]), 0)
            self._total += 0 if self._known else self._under_way[begun[1]]
            self.tell(self._phase, say("downloading {names}", names=", ".join(self._under_way)))
        elif ended := _DONE.match(line):
            self._finished += self._under_way.pop(ended[1], 0)
            self._advance(self._finished)
            self.tell(self._phase, say("downloading {names}", names=", ".join(self._under_way)) if self._under_way else say("{name} is there", name=ended[1]))
        elif line.startswith("Prepared"):
            self._advance(self._total)
            self.tell("install", say("putting the files in place"))
        elif line.startswith("Installed"):
            self._advance(self._total)
            self.tell("compile", say("compiling to byte code"))

    def tick(self, pid: int) -> None:
        """Looks how much uv has written."""
        if self._phase == "download" and self._under_way:
            unpacked = _written(pid)
            if unpacked is not None:
                self._advance(max(self._finished, min(int(unpacked / UNPACKED), self._finished + sum(self._under_way.values()))))
                self.tell(self._phase, say("downloading {names}", names=", ".join(self._under_way)))

    def tell(self, phase: str, says: str) -> None:
        """Tells whoever listens where the install is."""
        self._phase = phase
        if self._progress is not None:
            self._progress(phase, self._done, self._total, says)

    def _advance(self, done: int) -> None:
        self._done = min(self._total, max(self._done, done))


def _written(pid: int) -> int | None:
    try:
        found = re.search(r"^wchar: (\d+)", Path(f"/proc/{pid}/io").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None
