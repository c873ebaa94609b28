"""Locks a plan, installs the lock beside its prefix, and swaps it into place; uv's own program is the engine."""

from __future__ import annotations

from drivetrain.install.activation import activated, variables_of
from drivetrain.install.exact import installed_exactly
from drivetrain.install.lock_files import local_files, read_lock, write_lock
from drivetrain.install.locking import lock
from drivetrain.install.prefix import Owner, check_prefix, owner_of
from drivetrain.install.progress import Progress
from drivetrain.install.python import interpreter_for
from drivetrain.install.settings import EngineSettings, uv_configuration
from drivetrain.install.staged import Order, Staged
from drivetrain.install.staging import discard, stage
from drivetrain.install.swap import Committed, commit, recover, restore

__all__ = [
    "Committed",
    "EngineSettings",
    "Order",
    "Owner",
    "Progress",
    "Staged",
    "activated",
    "check_prefix",
    "commit",
    "discard",
    "installed_exactly",
    "interpreter_for",
    "local_files",
    "lock",
    "owner_of",
    "read_lock",
    "recover",
    "restore",
    "stage",
    "uv_configuration",
    "variables_of",
    "write_lock",
]
