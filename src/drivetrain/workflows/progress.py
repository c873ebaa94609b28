"""What a workflow tells while it works: a step begins, so many bytes are done, a step has ended."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who is told."""

    def step(self, says: str) -> None:
        """A step begins."""

    def advance(self, done: int, total: int, detail: str = "") -> None:
        """So many of so many bytes (or checks) are done."""

    def finish(self, says: str) -> None:
        """The step has ended; this line stays."""


class Silent:
    """Nobody is told."""

    def step(self, says: str) -> None:
        del says

    def advance(self, done: int, total: int, detail: str = "") -> None:
        del done, total, detail

    def finish(self, says: str) -> None:
        del says
