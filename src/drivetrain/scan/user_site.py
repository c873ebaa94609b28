"""Reads the folder of `pip install --user` that an environment's Python would look into, and whether it does."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from drivetrain.formats.dist_info import name_and_version_of
from drivetrain.model.site_folder import SitePackage, UserSite
from drivetrain.scan.place import Place


def user_site_of(place: Place, variables: Mapping[str, str] = os.environ) -> UserSite | None:
    """Gives the user's folder for that Python, by the rules of site.py; None where it does not exist or the environment is another machine's."""
    if place.disk.root or place.kind == "folder" or not place.python or place.windows != (sys.platform == "win32"):
        return None
    folder = _folder(place.python, variables)
    if folder is None:
        return None
    try:
        installed = _installed(folder)
    except OSError:
        # Mostly it is not there; a container that runs as somebody else may not look into its HOME, and Python passes that over too.
        return None
    visible, why = _visible(place, variables)
    return UserSite(path=folder.as_posix(), visible=visible, why=why, installed=installed)


def _visible(place: Place, variables: Mapping[str, str]) -> tuple[bool, Literal["venv", "PYTHONNOUSERSITE", "ENABLE_USER_SITE", ""]]:
    if place.kind == "venv" and not place.inherits:
        return False, "venv"
    if variables.get("PYTHONNOUSERSITE"):
        return False, "PYTHONNOUSERSITE"
    if hasattr(os, "geteuid") and (os.geteuid(), os.getegid()) != (os.getuid(), os.getgid()):
        return False, "ENABLE_USER_SITE"
    return True, ""


def _folder(python: str, variables: Mapping[str, str]) -> Path | None:
    """PYTHONUSERBASE, else ~/.local, on macOS of a framework build ~/Library/Python, on Windows %APPDATA%/Python."""
    short = ".".join(python.split(".")[:2])
    home = variables.get("PYTHONUSERBASE") or ""
    try:
        if sys.platform == "win32":
            return Path(home or f"{variables.get('APPDATA', '~')}/Python").expanduser() / f"Python{short.replace('.', '')}" / "site-packages"
        usual = Path(home or "~/.local").expanduser() / "lib" / f"python{short}" / "site-packages"
        framework = Path(f"~/Library/Python/{short}/lib/python/site-packages").expanduser()
    except RuntimeError:
        return None  # Whose home nobody knows.
    return framework if sys.platform == "darwin" and not home and framework.is_dir() else usual


def _installed(folder: Path) -> tuple[SitePackage, ...]:
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("~"))
    found = ((name, named) for name in names if (named := name_and_version_of(name)) is not None)
    return tuple(SitePackage(name=named[0], version=named[1], path=(folder / name).as_posix()) for name, named in found)
