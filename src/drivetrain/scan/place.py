"""Finds what kind of environment a folder is, and where its packages lie: venv, conda, system or plain folder, of any operating system."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from msgspec import Struct, field

from drivetrain.errors import PrefixError
from drivetrain.model.machine import OsFamily
from drivetrain.scan.disk import Disk
from drivetrain.words import say

_PYTHON_FOLDER = re.compile(r"python3(?:\.(\d+))?t?")
_CONDA_PYTHON = re.compile(r"python-(\d+\.\d+\.\d+)-[^-]+\.json")


class Place(Struct, frozen=True, kw_only=True):
    """Where an environment keeps its packages."""

    prefix: Path
    """Where it lies on this machine, below the root if there is one."""
    kind: str
    sites: tuple[Path, ...]
    """Folders that hold distributions; the first is the one that paths are relative to."""
    disk: Disk = field(default_factory=Disk)
    settings: dict[str, str] = field(default_factory=dict)
    """The keys of pyvenv.cfg."""
    python: str | None = None
    windows: bool = False
    """Laid out as on Windows."""
    inherits: bool = False

    def relative(self, path: str) -> str:
        """Gives a path as an Environment has it: relative to site-packages below the prefix, else absolute on its own system; "/" between parts."""
        prefix, site = str(self.prefix), str(self.sites[0])
        if path.startswith(site + os.sep) and os.path.normpath(path) == path:
            return path[len(site) + 1 :].replace(os.sep, "/")
        if path == prefix or path.startswith(prefix + os.sep):
            return os.path.relpath(path, self.sites[0]).replace(os.sep, "/")
        return self.disk.shown(path).replace(os.sep, "/")


def place_of(prefix: Path, disk: Disk | None = None) -> Place:
    """Gives the layout of the environment at that prefix; raises PrefixError where there is none."""
    disk = disk or Disk()
    if not disk.is_folder(prefix):
        raise PrefixError(say("{path} is not a folder", path=prefix), say("name the folder of an environment with --prefix, or make one: drivetrain up"))
    prefix = Path(disk.real(prefix))
    sites, folder_python, windows = _sites(prefix, disk)
    settings = _settings(disk.text(prefix / "pyvenv.cfg"))
    if not sites:
        if settings is None and _holds_distributions(disk.names(prefix)):
            return Place(prefix=prefix, kind="folder", sites=(prefix,), disk=disk)
        raise PrefixError(
            say("{path} holds no environment: no site-packages folder below it", path=prefix),
            say("name the folder of an environment with --prefix, or make one: drivetrain up"),
        )
    if settings is not None:
        return Place(
            prefix=prefix,
            kind="venv",
            sites=sites,
            disk=disk,
            settings=settings,
            python=_version_in(settings) or folder_python,
            windows=windows,
            inherits=settings.get("include-system-site-packages", "").lower() == "true",
        )
    kind = "conda" if disk.is_folder(prefix / "conda-meta") else "system"
    python = _conda_python(disk.names(prefix / "conda-meta")) or folder_python
    return Place(prefix=prefix, kind=kind, sites=sites, disk=disk, python=python, windows=windows)


def host_os() -> OsFamily:
    """Gives the system that drivetrain itself runs on."""
    return "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"


def _sites(prefix: Path, disk: Disk) -> tuple[tuple[Path, ...], str | None, bool]:
    found: list[Path] = []
    python: str | None = None
    for parent in (prefix / "lib", prefix / "lib64", prefix / "local" / "lib"):
        # lib64 is a link to lib in most venvs; where it is a folder of its own, both hold packages.
        if parent.is_symlink():
            continue
        for name in sorted(disk.names(parent), key=_python_order, reverse=True):
            # conda links python3.1 to python3.11, for tools that cut versions off.
            if (match := _PYTHON_FOLDER.fullmatch(name)) is None or (parent / name).is_symlink():
                continue
            for leaf in ("site-packages", "dist-packages"):
                if disk.is_folder(parent / name / leaf):
                    found.append(parent / name / leaf)
                    python = python or (f"3.{match[1]}" if match[1] else None)
    if found:
        return tuple(found), python, False
    windows = next((prefix / lib / "site-packages" for lib in ("Lib", "lib") if disk.is_folder(prefix / lib / "site-packages")), None)
    return ((windows,) if windows else ()), None, windows is not None


def _python_order(name: str) -> int:
    match = _PYTHON_FOLDER.fullmatch(name)
    return int(match[1] or -1) if match else -2


def _settings(text: str | None) -> dict[str, str] | None:
    """Gives the keys of pyvenv.cfg; None where there is none."""
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark}


def _version_in(settings: dict[str, str]) -> str | None:
    stated = settings.get("version_info") or settings.get("version") or ""
    match = re.match(r"\d+\.\d+(?:\.\d+)?", stated)
    return match[0] if match else None


def _conda_python(names: list[str]) -> str | None:
    return next((match[1] for name in names if (match := _CONDA_PYTHON.fullmatch(name))), None)


def _holds_distributions(names: list[str]) -> bool:
    return any(name.endswith((".dist-info", ".egg-info")) for name in names)
