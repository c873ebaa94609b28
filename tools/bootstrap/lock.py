"""Holds a lock file while an environment is made, and leaves nothing behind where none was."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Callable, Iterator

from words import Stop, say


@contextlib.contextmanager
def held(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the lock; calls `waiting` once where another process has it. Removes the file, and folders it leaves empty, at the end."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _acquired(path, waiting)
    except OSError as error:
        raise Stop(say("cannot write {path}: {why};", path=path, why=error.strerror), say("name another folder with DRIVETRAIN_STATE_DIR")) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file; there it stays
            path.unlink()
        os.close(descriptor)
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            with contextlib.suppress(OSError):  # not empty
                folder.rmdir()


def _acquired(path: Path, waiting: Callable[[], None]) -> int:
    told = False
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)  # whoever held it before may have left nothing behind
        descriptor = os.open(str(path), os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(descriptor, wait=told):
            os.close(descriptor)
            waiting()
            told = True
            continue
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)  # the holder before us removed the file: this lock guards nothing


def _locked(descriptor: int, wait: bool) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
