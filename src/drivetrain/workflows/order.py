"""Everything that a workflow needs to make an environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from drivetrain.errors import DrivetrainError
from drivetrain.model.choice import Choice
from drivetrain.model.machine import Machine
from drivetrain.model.request import Request, Wish
from drivetrain.report.typed import Typed
from drivetrain.workflows.progress import Progress, Silent


def _agree(question: str, otherwise: bool) -> bool:
    del question
    return otherwise


def _untold(error: DrivetrainError) -> None:
    del error


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be made, for which machine, where, and who is told and asked."""

    request: Request
    machine: Machine
    prefix: Path
    typed: Typed = field(default_factory=Typed)
    language: str = "en"
    offline: bool = False
    cache_dir: str | None = None
    refresh: bool = False
    dry_run: bool = False
    upgrade: bool = False
    keep: tuple[Wish, ...] = ()
    """Constraints of the request that hold for this once and are not recorded: the versions that a fix leaves as they are."""
    choice: Choice | None = None
    """What of an audit counts; None: everything."""
    here: bool = True
    """Whether the machine is this one; another one can only be planned for."""
    ask: Callable[[str, bool], bool] = _agree
    """(question, answer where nobody can be asked)."""
    broke: Callable[[DrivetrainError], None] = _untold
    """Who is told of a breakdown that ends as an answer, so that --debug can show its course."""
    progress: Progress = field(default_factory=Silent)
