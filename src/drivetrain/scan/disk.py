"""Opens files of an environment's system: as they are on this machine, inside a root folder without ever following a link out of it."""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from drivetrain.binaries.regular_file import MOST_BYTES, content_of

if TYPE_CHECKING:
    from drivetrain.scan.target_paths import TargetPaths


class Disk:
    """This machine's files; those of an image's folder where there is a root."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = os.path.realpath(root).rstrip("/") if root is not None else ""
        self._folders: dict[str, str] = {}

    def real(self, path: str | Path) -> str:
        """Gives where to open a path of this machine; below a root its links are followed there, as the image's own system would."""
        if not self.root:
            return str(path)
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = self.root + self._inside.real(self._below(folder)).rstrip("/")
        found = f"{self._folders[folder]}/{name}"
        # The name of a parent folder cannot be joined to a folder that a link led to.
        linked = name in ("..", ".", "") or os.path.islink(found)  # noqa: PTH114 (a Path for each of 40,000 files doubles the time)
        return self.root + self._inside.real(self._below(str(path))) if linked else found

    def followed(self, path: str) -> str:
        """Gives a path without symbolic links; that of the file itself where it is none."""
        return self.real(path) if self.root else os.path.realpath(path)

    def shown(self, path: str) -> str:
        """Gives a path as the environment's own system has it."""
        return path[len(self.root) :] or "/" if self.root and (path + "/").startswith(self.root + "/") else path

    def placed(self, path: str) -> str:
        """Gives where to look on this machine for a path that a file of the environment names."""
        return self.real(self.root + path) if self.root else path

    def text(self, path: str | Path, most: int = MOST_BYTES) -> str | None:
        """Gives a file's text, the start of one that is larger; None where it cannot be read."""
        try:
            return content_of(self.real(path), most).decode("utf-8", "replace").replace("\r\n", "\n")
        except (OSError, ValueError):
            return None

    def entries(self, folder: str | Path) -> list[os.DirEntry[str]]:
        """Gives what lies in a folder, by name; raises OSError."""
        with os.scandir(self.real(folder)) as found:
            return sorted(found, key=lambda entry: entry.name)

    def names(self, folder: str | Path) -> list[str]:
        """Gives the names of what lies in a folder, in order; none where it cannot be read."""
        try:
            return sorted(os.listdir(self.real(folder)))  # noqa: PTH208 (as above)
        except OSError:
            return []

    def state(self, path: str) -> os.stat_result | None:
        """Gives what the file system says of a file, links followed; None where there is none."""
        try:
            return os.stat(self.real(path))  # noqa: PTH116 (as above)
        except (OSError, ValueError):
            return None

    def is_link(self, path: str) -> bool:
        """Tells whether the last part of a path is a symbolic link."""
        folder, _, name = path.rpartition(os.sep)
        return os.path.islink(f"{self.real(folder)}{os.sep}{name}")  # noqa: PTH114 (as above)

    def is_folder(self, path: str | Path) -> bool:
        found = self.state(str(path))
        return found is not None and stat.S_ISDIR(found.st_mode)

    @cached_property
    def _inside(self) -> TargetPaths:
        from drivetrain.scan.target_paths import TargetPaths

        return TargetPaths(self.root, self.root)

    def _below(self, path: str) -> str:
        """A path may climb out of the root by its "..", which a root's own system stops at "/"."""
        return path[len(self.root) :] or "/" if (path + "/").startswith(self.root + "/") else path
