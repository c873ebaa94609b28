"""Passes on what a command says on standard error, as it says it, and keeps it for the case that the command fails.

A program that writes to a terminal shall still see one (colours, the width of a progress bar), so it gets a pseudo terminal where we have a terminal.
Source: https://man7.org/linux/man-pages/man7/pty.7.html.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 8 << 20
"""What is kept of a command that says much: its last words."""
DRAIN_SECONDS = 0.5
"""How long a finished command's words are waited for: a process that it left behind may hold its standard error open."""
CONVERSATIONS = frozenset(
    ("bash", "zsh", "fish", "sh", "dash", "ksh", "tcsh", "csh", "pwsh", "powershell",
     "cmd", "ipython", "jupyter-console", "tmux", "screen", "vim", "nano", "less", "top", "htop", "nvtop")
)  # fmt: skip
"""Programs that talk with a person through the terminal itself: they get it untouched."""


class Overheard:
    """The standard error of one command."""

    def __init__(self) -> None:
        self._ours = sys.stderr.fileno()
        self._reading, self.writing = _pair(self._ours)
        self._kept: deque[bytes] = deque()
        self._size = 0
        self._pump = threading.Thread(target=self._pass_on, daemon=True)

    def start(self) -> None:
        """Begins to pass on, once the command has its end."""
        os.close(self.writing)
        self._pump.start()

    def finish(self) -> None:
        """Waits for the last words."""
        self._pump.join(DRAIN_SECONDS)

    def abandon(self) -> None:
        """Closes both ends where no command was started."""
        os.close(self.writing)
        os.close(self._reading)

    @property
    def blocks(self) -> tuple[bytes, ...]:
        """What was said."""
        return tuple(self._kept)

    def _pass_on(self) -> None:
        with suppress(OSError):  # A pseudo terminal whose other end is closed says EIO.
            while block := os.read(self._reading, 1 << 16):
                self._kept.append(block)
                self._size += len(block)
                while self._size > MOST_BYTES and len(self._kept) > 1:
                    self._size -= len(self._kept.popleft())
                while block:
                    block = block[os.write(self._ours, block) :]
        with suppress(OSError):
            os.close(self._reading)


def overheard(program: str) -> Overheard | None:
    """Gives what keeps a command's standard error; None where the command needs the terminal itself."""
    if Path(program).stem.lower() in CONVERSATIONS or (sys.platform == "win32" and sys.stderr.isatty()):
        return None
    try:
        return Overheard()
    except (OSError, ValueError):  # No standard error at all, or no descriptor left: the command runs all the same.
        return None


def _pair(ours: int) -> tuple[int, int]:
    if sys.platform == "win32" or not os.isatty(ours):
        return os.pipe()
    import fcntl
    import pty
    import termios

    reading, writing = pty.openpty()
    with suppress(termios.error, OSError):
        fcntl.ioctl(writing, termios.TIOCSWINSZ, fcntl.ioctl(ours, termios.TIOCGWINSZ, bytes(8)))
        settings = termios.tcgetattr(writing)
        settings[1] &= ~termios.OPOST  # Our own terminal turns \n into \r\n, once.
        termios.tcsetattr(writing, termios.TCSANOW, settings)
    return reading, writing
