"""What is to be installed where, and the environment that came of it before it is put into place."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from drivetrain.install.grounds import Hold
from drivetrain.install.prefix import Deed, Owner
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request


class Order(Struct, frozen=True, kw_only=True):
    """What is to be installed where."""

    lock: Lock
    prefix: Path
    interpreter: Path
    plan: Plan | None = None
    """None where a bare lock is installed."""
    request: Request | None = None
    machine: Machine | None = None
    """Kept beside the plan, so that a later audit can tell what has changed."""


class Staged(Struct, frozen=True, kw_only=True):
    """An environment that is complete and checked, beside the prefix that it is for."""

    path: Path
    """Where it lies now: to scan, audit and prove."""
    prefix: Path
    """Where `commit` puts it."""
    deed: Deed
    owner: Owner
    """Whose the prefix was when staging began."""
    distributions: int
    files: int
    bytes: int
    seconds: float
    contested: tuple[str, ...]
    """Paths that several distributions own with different content."""
    hold: Hold
    """Keeps other runs from the prefix until `commit` or `discard`."""
