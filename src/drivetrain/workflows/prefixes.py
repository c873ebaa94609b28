"""Where environments are: the one at hand, the one to make, how it is named to people and how it is activated."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from drivetrain.errors import PrefixError, UsageError
from drivetrain.report.shell import Shell, quoted
from drivetrain.words import say

DEFAULT = ".venv"
_ACTIVE = ("VIRTUAL_ENV", "CONDA_PREFIX")


def prefix_to_make(asked: str | None) -> Path:
    """Gives where `up` and `install` make an environment: ./.venv, where editors look, unless told."""
    return Path(DEFAULT if asked is None else _named(asked)).expanduser().absolute()


def prefix_at_hand(asked: str | None) -> Path:
    """Gives the environment that is meant: the one named, else $VIRTUAL_ENV, else $CONDA_PREFIX, else ./.venv; raises PrefixError without one."""
    named = _named(asked) if asked is not None else active_prefix() or (DEFAULT if Path(DEFAULT).is_dir() else None)
    if named is None:
        raise PrefixError(say("no environment is active, and there is no ./.venv"), say("name one with --prefix, or make one with drivetrain up"))
    prefix = Path(named).expanduser().absolute()
    if not prefix.is_dir() and asked is None and (variable := next((each for each in _ACTIVE if os.environ.get(each) == named), None)):
        raise PrefixError(
            say("${variable} names {prefix}, which is no folder", variable=variable, prefix=prefix), say("deactivate it, or name an environment with --prefix")
        )
    if not prefix.is_dir():
        raise PrefixError(say("{prefix} is no folder", prefix=shown(prefix)), say("name an environment with --prefix"))
    return prefix


def _named(asked: str) -> str:
    """An empty name is a shell variable that was not set: what is meant is not known, and ./.venv is not it."""
    if not asked.strip():
        raise UsageError(say("--prefix needs a value"), say("name a folder, or leave --prefix out"))
    return asked


def active_prefix() -> str | None:
    """Gives the environment that the shell has activated; drivetrain's own does not count, since its wrapper, or pre-commit, set that one."""
    virtual = os.environ.get("VIRTUAL_ENV")
    is_ours = bool(virtual) and Path(virtual or "").resolve() == Path(sys.prefix).resolve()
    if is_ours and (os.environ.get("DRIVETRAIN_INVOKED_AS") or os.environ.get("PRE_COMMIT")):
        virtual = None
    return virtual or os.environ.get("CONDA_PREFIX") or None


def shown(prefix: Path) -> str:
    """Gives the prefix as a person would type it: relative where it lies below the current folder."""
    try:
        relative = prefix.absolute().relative_to(Path.cwd())
    except (ValueError, OSError):
        return str(prefix)
    return str(relative)


def activation(prefix: Path, shell: Shell) -> str:
    """Gives the line that activates the environment in the shell in use."""
    place = Path(shown(prefix))
    if sys.platform == "win32":
        script = place / "Scripts" / {"powershell": "Activate.ps1", "cmd": "activate.bat"}.get(shell, "activate")
        if shell == "powershell":
            return f"& {quoted(str(script), shell)}" if " " in str(script) else str(script)
        return quoted(str(script), shell) if shell == "cmd" else f"source {quoted(script.as_posix(), shell)}"
    if shell == "powershell":
        return f"& {quoted(str(place / 'bin' / 'Activate.ps1'), shell)}" if (prefix / "bin" / "Activate.ps1").exists() else f"& {place}/bin/activate.ps1"
    return f"source {quoted(str(place / 'bin' / ('activate.fish' if shell == 'fish' else 'activate')), shell)}"
