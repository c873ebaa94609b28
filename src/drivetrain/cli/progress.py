"""Shows progress on standard error: a bar with bytes on a terminal, one line for each step elsewhere, nothing under --quiet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from drivetrain.cli.session import Session
from drivetrain.report.amounts import size

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from drivetrain.workflows.progress import Progress


def progress_of(session: Session) -> Progress:
    """Gives who is told of progress."""
    from drivetrain.workflows.progress import Silent

    if session.quiet or session.json:
        return Silent()
    return Bar(session) if sys.stderr.isatty() else Lines(session)


class Lines:
    """One line for each step that has ended."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def step(self, says: str) -> None:
        self._write(f"{says} ...")

    def advance(self, done: int, total: int, detail: str = "") -> None:
        """A log needs no moving figures."""

    def finish(self, says: str) -> None:
        self._write(says)

    def _write(self, text: str) -> None:
        from drivetrain.cli.emit import emit_aside

        emit_aside(self.session, text)


class Bar(Lines):
    """A moving line that goes when the step ends."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._live: RichProgress | None = None
        self._says = ""

    def step(self, says: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._stop()
        self._says = says
        console = Console(stderr=True, no_color=not self.session.colour, highlight=False)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(24),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
        )
        self._live = Progress(*columns, console=console, transient=True)
        self._live.add_task(says, total=None, amount="")
        self._live.start()

    def advance(self, done: int, total: int, detail: str = "") -> None:
        if self._live is not None:
            task = self._live.task_ids[0]
            amount = f"{size(done)} / {size(total)}" if total > 100_000 else f"{done} / {total}"
            says = f"{self._says}  {detail}" if detail else self._says
            # What follows the last byte (linking, byte code) has no measure: the bar goes on without an end.
            self._live.update(task, description=says, completed=done, total=total if done < total else None, amount=amount if total else "")

    def finish(self, says: str) -> None:
        self._stop()
        self._write(says)

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def __del__(self) -> None:
        self._stop()
