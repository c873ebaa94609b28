"""Makes an environment of a lock: staged beside the prefix, audited and proven there, swapped in; a fault leaves what was there as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from drivetrain.errors import Interrupted
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Machine
from drivetrain.report.amounts import size
from drivetrain.words import say
from drivetrain.workflows.prefixes import shown
from drivetrain.workflows.progress import Progress

if TYPE_CHECKING:
    from drivetrain.install import Progress as EngineProgress

ASK_ABOVE_BYTES = 10**9


class Step(Struct, kw_only=True):
    """How long each step took, as it goes."""

    seconds: dict[str, float]

    def timed(self, name: str) -> _Timer:
        return _Timer(self, name)


class _Timer:
    """Adds the time spent inside to a step."""

    def __init__(self, step: Step, name: str) -> None:
        self._step, self._name = step, name

    def __enter__(self) -> None:
        import time

        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        import time

        spent = round(time.monotonic() - self._began, 3)
        self._step.seconds[self._name] = round(self._step.seconds.get(self._name, 0.0) + spent, 3)


def agree_to_download(lock: Lock, machine: Machine, prefix: Path, ask: Callable[[str, bool], bool]) -> None:
    """Asks before more than 1 GB is downloaded; raises Interrupted when nobody agrees."""
    if lock.download_bytes <= ASK_ABOVE_BYTES:
        return
    free = size(free_bytes(prefix))
    question = say("{amount} to download at most, {free} free at {prefix}; go on?", amount=size(lock.download_bytes), free=free, prefix=shown(prefix))
    if not ask(question, True):
        raise Interrupted(say("stopped before the download: nothing was changed"))


def free_bytes(prefix: Path) -> int:
    """Gives the free space of the disk that the prefix is on, or will be."""
    import shutil

    return shutil.disk_usage(next(each for each in (prefix, *prefix.parents) if each.exists())).free


def told(progress: Progress) -> EngineProgress:
    """Gives the engine somebody to tell its progress to."""

    def tell(phase: str, done: int, total: int, says: str) -> None:
        del phase
        progress.advance(done, total, says)

    return tell
