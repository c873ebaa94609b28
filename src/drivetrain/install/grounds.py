"""Where drivetrain works beside a prefix: `.drivetrain/` with staging, kept generations, the journal of a swap, and the lock against a second run."""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path
from typing import IO

from drivetrain.errors import PrefixError
from drivetrain.words import say, why


class Grounds:
    """The folder `.drivetrain` beside one prefix; several prefixes of one folder share it and are told apart by their names."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.folder = prefix.parent / ".drivetrain"
        self.journal = self.folder / f"{prefix.name}.swap.json"
        self._staging = self.folder / "staging"
        self._generations = self.folder / "generations"

    def new_staging(self) -> Path:
        """Gives the path of a staging folder that does not exist yet."""
        self._staging.mkdir(parents=True, exist_ok=True)
        return self._staging / f"{self.prefix.name}-{secrets.token_hex(6)}"

    def stagings(self) -> list[Path]:
        """Gives this prefix's staging folders and the working folders beside them; whoever holds the lock and is not staging may take them for leftovers."""
        pattern = re.compile(re.escape(self.prefix.name) + r"-[0-9a-f]{12}(\..+)?")
        return [path for path in _folders(self._staging) if pattern.fullmatch(path.name)]

    def generations(self) -> list[tuple[int, Path]]:
        """Gives every kept generation, of all prefixes of this folder, newest first."""
        return sorted(((int(path.name), path) for path in _folders(self._generations) if path.name.isdigit()), reverse=True)

    def next_generation(self) -> Path:
        self._generations.mkdir(parents=True, exist_ok=True)
        return self._generations / str(max((number for number, _ in self.generations()), default=0) + 1)

    def hold(self) -> Hold:
        """Takes the prefix for this run; raises PrefixError when another run has it, or when nothing can be written here."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            file = (self.folder / f"{self.prefix.name}.lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise PrefixError(
                say("{folder} cannot be written: {reason}", folder=self.prefix.parent, reason=why(error)), say("choose another place with --prefix")
            ) from error
        try:
            _lock_file(file)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise PrefixError(
                say("another drivetrain (process {pid}) is at work on {prefix}", pid=holder, prefix=self.prefix),
                say("wait for it to end, or choose another --prefix"),
            ) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        return Hold(file)


class Hold:
    """The right to change a prefix; it ends with `release`, or with the process."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        # The file stays: removing it would let two runs lock two files of one name.
        self._file.close()

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _lock_file(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        # Beyond its end, so that the process id in it can still be read.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
