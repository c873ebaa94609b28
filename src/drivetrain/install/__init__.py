"""Locks a plan, installs the lock beside its prefix, and swaps it into place; uv's own program is the engine.

Each name is imported when it is first asked for: an audit asks whose a prefix is, and does not wait for all that an install needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "activation": ("activated", "variables_of"),
    "exact": ("installed_exactly",),
    "lock_files": ("local_files", "read_lock", "write_lock"),
    "locking": ("lock",),
    "prefix": ("Owner", "check_prefix", "owner_of"),
    "progress": ("Progress",),
    "python": ("interpreter_for",),
    "settings": ("EngineSettings", "uv_configuration"),
    "staged": ("Order", "Staged"),
    "staging": ("discard", "stage"),
    "swap": ("Committed", "commit", "recover", "restore"),
}


def __getattr__(name: str) -> object:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
