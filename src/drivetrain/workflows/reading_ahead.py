"""Reads an environment while the probe's own process looks at the machine: neither needs the other, and an audit waits for both."""

from __future__ import annotations

from contextvars import copy_context
from pathlib import Path
from threading import Thread

from drivetrain.model.environment import Environment
from drivetrain.workflows.cache import cache_folder


class ReadingAhead:
    """An environment that is being read."""

    def __init__(self, prefix: Path, cache_dir: str | None) -> None:
        self._prefix = prefix
        self._cache = cache_folder(cache_dir)
        self._read: Environment | BaseException | None = None
        # A thread begins without the context that holds the language.
        self._thread = Thread(target=copy_context().run, args=(self._run,), daemon=True)
        self._thread.start()

    def environment(self) -> Environment:
        """Waits for it; raises what reading it raised."""
        self._thread.join()
        if isinstance(self._read, Environment):
            return self._read
        raise self._read or RuntimeError("the thread ended before it had read anything")

    def _run(self) -> None:
        from drivetrain.scan import scan

        try:
            self._read = scan(self._prefix, cache=self._cache)
        except BaseException as error:  # It is the waiting thread's to handle.
            self._read = error
