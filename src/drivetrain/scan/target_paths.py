"""Reads files by the paths that they have on an environment's own system, below a root folder where that is an image and not this machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from drivetrain.binaries.regular_file import content_of
from drivetrain.model.binary import Linkage

_MOST_LINKS = 40
"""As Linux follows them, path_resolution(7)."""


class TargetPaths:
    """The files of one system."""

    def __init__(self, root: str, prefix: str) -> None:
        self.root = "" if root in ("", "/") else root.rstrip("/")
        self._prefix = os.path.normpath(prefix)
        self._real_prefix = os.path.realpath(prefix)

    def is_inside(self, path: str) -> bool:
        """Tells whether a path of the system lies below the environment's prefix."""
        real = os.path.realpath(self._host(path))
        return real == self._real_prefix or real.startswith(self._real_prefix + os.sep)

    def spelled(self, path: str) -> str:
        """Gives a path below the prefix with the prefix as the environment spells it, whatever links lead there; any other as it is."""
        real = os.path.realpath(self._host(path))
        if self.is_inside(path):
            return (self._prefix + real[len(self._real_prefix) :]).replace(os.sep, "/")
        return os.path.normpath(path).replace(os.sep, "/")

    def real(self, path: str) -> str:
        """Gives the path without symbolic links; links of a root lead on below it."""
        if not self.root:
            return os.path.realpath(path).replace(os.sep, "/")
        path = path.removeprefix(self.root) or "/"
        done, left, links = "", [part for part in path.split("/") if part not in ("", ".")], 0
        while left:
            part = left.pop(0)
            if part == "..":
                done = done.rpartition("/")[0]
                continue
            here = f"{done}/{part}"
            try:
                link = str(Path(self.root + here).readlink()) if links < _MOST_LINKS else ""
            except OSError:
                link = ""
            if link:
                links += 1
                done = "" if link.startswith("/") else done
                left = [each for each in link.split("/") if each not in ("", ".")] + left
            else:
                done = here
        return done or "/"

    def exists(self, path: str) -> bool:
        return Path(self._host(path)).exists()

    def state(self, path: str) -> os.stat_result | None:
        """Gives what the file system says of a file; None where there is none."""
        try:
            found = Path(self._host(path)).stat()
        except OSError:
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def names(self, folder: str) -> list[str]:
        """Gives what lies in a folder; nothing where there is none."""
        try:
            return [entry.name for entry in os.scandir(self._host(folder))]
        except OSError:
            return []

    def content(self, path: str) -> bytes:
        """Gives a file's bytes; none where it cannot be read."""
        try:
            return content_of(self._host(path))
        except OSError:
            return b""

    def linkage(self, path: str) -> Linkage | None:
        """Gives what a file tells the loader; None for what is no shared library or cannot be read."""
        from drivetrain.binaries.binary import linkage_of
        from drivetrain.binaries.window import window_on

        try:
            with window_on(Path(self._host(path))) as window:
                return linkage_of(window)
        except OSError:
            return None

    def _host(self, path: str) -> str:
        """A root's paths may be given with the root or without it."""
        if not self.root or path.startswith(self.root + "/"):
            return path
        return self.root + self.real(path)
