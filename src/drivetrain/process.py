"""Runs a child program with a time limit: output captured or told line by line, and its whole process group ended on time-out or Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from drivetrain.errors import EngineError
from drivetrain.words import say, why

GRACE_SECONDS = 3.0
"""How long a child may tidy up after SIGTERM before SIGKILL."""
DRAIN_SECONDS = 1.0
"""How long the pipes of a child that has ended are still read: a daemon that it left behind may hold them open for ever."""
TICK_SECONDS = 0.2
KEPT_BYTES = 32 * 1024 * 1024
"""Of each stream the last so many bytes are kept: a child that prints without end must not fill our memory."""

Heard = Callable[[str], None]


@dataclass(frozen=True)
class Finished:
    """A child that has ended."""

    command: tuple[str, ...]
    code: int
    """Exit status; negative: the signal that ended it."""
    out: str
    err: str
    timed_out: bool
    seconds: float

    @property
    def ok(self) -> bool:
        return self.code == 0 and not self.timed_out


@dataclass(frozen=True)
class Listeners:
    """Who is told of a child while it runs; all are called in the thread that called `run`."""

    out: Heard | None = None
    """Each line of standard output, without its newline."""
    err: Heard | None = None
    tick: Callable[[int], None] | None = None
    """The child's process id, about five times a second."""


def run(
    command: Sequence[str | Path],
    *,
    timeout_seconds: float | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text: str | None = None,
    listeners: Listeners | None = None,
) -> Finished:
    """Runs the command to its end and gives its output; `text` goes to its standard input, which is otherwise empty.

    The child leads a process group of its own. Whatever leaves this function early (a time-out, Ctrl-C, SIGTERM or SIGHUP to us, a listener that
    raises) ends the whole group first. Raises EngineError when the program cannot be started at all.
    """
    words = tuple(str(each) for each in command)
    started = time.monotonic()
    child: subprocess.Popen[bytes] | None = None
    with stop_raises():
        try:
            with _stops.wait():
                child = _start(words, environment, folder, text is not None)
            listening = _Listening(child, text, listeners or Listeners())
            timed_out = not listening.until_end(None if timeout_seconds is None else started + timeout_seconds)
        except BaseException:
            if child is not None:
                end_group(child)
            raise
        if timed_out:
            end_group(child)
            listening.until_end(time.monotonic() + DRAIN_SECONDS)
    return Finished(words, child.wait(), listening.said["out"].text(), listening.said["err"].text(), timed_out, time.monotonic() - started)


@contextlib.contextmanager
def stop_raises() -> Iterator[None]:
    """While inside, SIGTERM and SIGHUP raise SystemExit(128 + signal) as Ctrl-C raises KeyboardInterrupt, so that what is under way is undone.

    Only in the main thread, and only where nobody else handles the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: handler for number in numbers if (handler := signal.getsignal(number)) in (signal.SIG_DFL, signal.default_int_handler)}
    for number in before:
        signal.signal(number, _stops.arrived)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stops:
    """Raises for a signal at once, or a moment later: a child that is being started has no id yet by which it could be ended."""

    def __init__(self) -> None:
        self._waiting = False
        self._late: int | None = None

    def arrived(self, number: int, _frame: object) -> None:
        if self._waiting:
            self._late = number
        else:
            self._raise(number)

    @contextlib.contextmanager
    def wait(self) -> Iterator[None]:
        """Lets signals of the main thread wait until the end of the block."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._waiting, self._late = True, None
        try:
            yield
        finally:
            self._waiting = False
        if self._late is not None:
            self._raise(self._late)

    def _raise(self, number: int) -> NoReturn:
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


_stops = _Stops()


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and everything in its process group: SIGTERM, then SIGKILL after a grace; on Windows the process tree at once."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], capture_output=True, check=False)
        child.wait()
        return
    try:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    finally:
        # The leader may be gone and its children not; and a second Ctrl-C must not leave either behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _start(words: tuple[str, ...], environment: Mapping[str, str] | None, folder: Path | None, has_input: bool) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except OSError as error:
        raise EngineError(
            say("{program} cannot be started: {reason}", program=words[0], reason=why(error)),
            say("check that the file exists and may be executed"),
        ) from error


class _Stream:
    """What came through one pipe: the last KEPT_BYTES of it, and its lines told to a listener."""

    def __init__(self, heard: Heard | None) -> None:
        self._heard = heard
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        while self._size > KEPT_BYTES and len(self._chunks) > 1:
            self._size -= len(self._chunks.popleft())
        if self._heard is not None:
            # A bar redraws its line with a carriage return: each state of it counts as a line.
            *lines, self._rest = (self._rest + chunk).replace(b"\r", b"\n").split(b"\n")
            for line in lines:
                self._tell(line)

    def end(self) -> None:
        rest, self._rest = self._rest, b""
        self._tell(rest)

    def text(self) -> str:
        return b"".join(self._chunks).decode("utf-8", "replace").replace("\r\n", "\n")

    def _tell(self, line: bytes) -> None:
        if line and self._heard is not None:
            self._heard(line.decode("utf-8", "replace"))


class _Listening:
    """Reads both pipes of a child in threads, and tells the listeners in the calling thread."""

    def __init__(self, child: subprocess.Popen[bytes], text: str | None, listeners: Listeners) -> None:
        self.said = {"out": _Stream(listeners.out), "err": _Stream(listeners.err)}
        self._child = child
        self._tick = listeners.tick
        self._arrived: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._open = {"out", "err"}
        self._ended_at: float | None = None
        self._ticked_at = 0.0
        for name, pipe in (("out", child.stdout), ("err", child.stderr)):
            assert pipe is not None
            descriptor = os.dup(pipe.fileno())
            pipe.close()
            threading.Thread(target=self._read, args=(name, descriptor), daemon=True).start()
        if child.stdin is not None:
            threading.Thread(target=self._write, args=((text or "").encode(),), daemon=True).start()

    def until_end(self, deadline: float | None) -> bool:
        """Listens until the child has ended (True) or the deadline has passed (False)."""
        while not self._is_over():
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                return False
            # With both pipes closed nothing will wake us but the clock, and the child is about to end: look often.
            wait = TICK_SECONDS if self._open else 0.02
            with contextlib.suppress(queue.Empty):
                self._take(*self._arrived.get(timeout=wait if deadline is None else min(wait, deadline - now)))
            if self._tick is not None and now - self._ticked_at >= TICK_SECONDS:
                self._ticked_at = now
                self._tick(self._child.pid)
        return True

    def _is_over(self) -> bool:
        if self._child.poll() is None:
            return False
        if self._ended_at is None:
            self._ended_at = time.monotonic()
        return not self._open or time.monotonic() - self._ended_at > DRAIN_SECONDS

    def _take(self, name: str, chunk: bytes) -> None:
        if chunk:
            self.said[name].take(chunk)
        else:
            self._open.discard(name)
            self.said[name].end()

    def _read(self, name: str, descriptor: int) -> None:
        try:
            while chunk := os.read(descriptor, 65536):
                self._arrived.put((name, chunk))
        except OSError:
            pass
        finally:
            os.close(descriptor)
            self._arrived.put((name, b""))

    def _write(self, data: bytes) -> None:
        assert self._child.stdin is not None
        # A child need not read its input to the end.
        with contextlib.suppress(OSError, ValueError), self._child.stdin as pipe:
            pipe.write(data)
