"""Says where the private environments of checkouts lie, and reads and writes the stamp that `tools/wrapper.sh` reads too."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Mapping, NamedTuple

from words import Stop, say


class Stamp(NamedTuple):
    """What an environment was made from; it fits as long as all of it is still so."""

    python: Path
    """The environment's own interpreter."""
    asked: str
    """DRIVETRAIN_PYTHON when it was made."""
    declared: str
    """pyproject.toml when it was made."""


def state_folder(environ: Mapping[str, str], platform: str) -> Path:
    """Gives drivetrain's state folder as platformdirs would; `DRIVETRAIN_STATE_DIR` comes first."""
    chosen = environ.get("DRIVETRAIN_STATE_DIR")
    if chosen:
        return Path(os.path.abspath(chosen))  # noqa: PTH100 - as tools/wrapper.sh does: links are kept
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "drivetrain"
    xdg = environ.get("XDG_STATE_HOME")
    if xdg:
        return Path(xdg) / "drivetrain"
    home = Path(environ.get("HOME") or Path.home())
    return home / "Library" / "Application Support" / "drivetrain" if platform == "darwin" else home / ".local" / "state" / "drivetrain"


def stamp(state: Path, root: Path, purpose: str) -> Path:
    """Gives the stamp's path; it repeats the checkout's whole path, because a shell can put that together without starting a process."""
    parts = root.parts[1:] if os.name == "posix" else (root.drive.strip(":\\/").replace("\\", "_"), *root.parts[1:])
    return state.joinpath("checkouts", *parts, f"ready-{purpose}")


def environments(state: Path, root: Path) -> Path:
    """Gives the folder of this checkout's environments."""
    return state / "environments" / f"{root.name}-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"


def read_stamp(path: Path) -> Stamp | None:
    """Gives the stamp, or None where there is none that can be read."""
    try:
        python, asked, text = path.read_text(encoding="utf-8").split("\n", 2)
    except (OSError, ValueError):
        return None
    return Stamp(python=Path(python), asked=asked, declared=text)


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Writes the stamp in one step, so that nobody reads half of it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(f"{stamp.python}\n{stamp.asked}\n{stamp.declared}", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise Stop(say("cannot write {path}: {why};", path=path, why=error.strerror), say("name another folder with DRIVETRAIN_STATE_DIR")) from error
