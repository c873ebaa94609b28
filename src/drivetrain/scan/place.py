"""Finds what kind of environment a folder is, and where its packages lie: venv, conda, system or plain folder, of any operating system."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from msgspec import Struct

from drivetrain.errors import PrefixError
from drivetrain.model.machine import OsFamily
from drivetrain.words import say

_PYTHON_FOLDER = re.compile(r"python3(?:\.(\d+))?t?")
_CONDA_PYTHON = re.compile(r"python-(\d+\.\d+\.\d+)-[^-]+\.json")


class Place(Struct, frozen=True, kw_only=True):
    """Where an environment keeps its packages."""

    prefix: Path
    kind: str
    sites: tuple[Path, ...]
    """Folders that hold distributions; the first is the one that paths are relative to."""
    python: str | None = None
    windows: bool = False
    """Laid out as on Windows."""
    inherits: bool = False


def place_of(prefix: Path) -> Place:
    """Gives the layout of the environment at that prefix; raises PrefixError where there is none."""
    if not prefix.is_dir():
        raise PrefixError(say("{path} is not a folder", path=prefix), say("name the folder of an environment with --prefix, or make one: drivetrain up"))
    sites, folder_python, windows = _sites(prefix)
    settings = _settings(prefix / "pyvenv.cfg")
    if not sites:
        if settings is None and _holds_distributions(prefix):
            return Place(prefix=prefix, kind="folder", sites=(prefix,))
        raise PrefixError(
            say("{path} holds no environment: no site-packages folder below it", path=prefix),
            say("name the folder of an environment with --prefix, or make one: drivetrain up"),
        )
    if settings is not None:
        return Place(
            prefix=prefix,
            kind="venv",
            sites=sites,
            python=_version_in(settings) or folder_python,
            windows=windows,
            inherits=settings.get("include-system-site-packages", "").lower() == "true",
        )
    if (prefix / "conda-meta").is_dir():
        return Place(prefix=prefix, kind="conda", sites=sites, python=_conda_python(prefix) or folder_python, windows=windows)
    return Place(prefix=prefix, kind="system", sites=sites, python=folder_python, windows=windows)


def host_os() -> OsFamily:
    """Gives the system that drivetrain itself runs on."""
    return "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"


def _sites(prefix: Path) -> tuple[tuple[Path, ...], str | None, bool]:
    found: list[Path] = []
    python: str | None = None
    for parent in (prefix / "lib", prefix / "lib64", prefix / "local" / "lib"):
        # lib64 is a link to lib in most venvs; where it is a folder of its own, both hold packages.
        if parent.is_symlink() or not parent.is_dir():
            continue
        for name in sorted((path.name for path in parent.iterdir()), key=_python_order, reverse=True):
            if (match := _PYTHON_FOLDER.fullmatch(name)) is None:
                continue
            for leaf in ("site-packages", "dist-packages"):
                if (parent / name / leaf).is_dir():
                    found.append(parent / name / leaf)
                    python = python or (f"3.{match[1]}" if match[1] else None)
    if found:
        return tuple(found), python, False
    windows = next((prefix / lib / "site-packages" for lib in ("Lib", "lib") if (prefix / lib / "site-packages").is_dir()), None)
    return ((windows,) if windows else ()), None, windows is not None


def _python_order(name: str) -> int:
    match = _PYTHON_FOLDER.fullmatch(name)
    return int(match[1] or -1) if match else -2


def _settings(path: Path) -> dict[str, str] | None:
    """Gives the keys of pyvenv.cfg; None where there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark}


def _version_in(settings: dict[str, str]) -> str | None:
    stated = settings.get("version_info") or settings.get("version") or ""
    match = re.match(r"\d+\.\d+(?:\.\d+)?", stated)
    return match[0] if match else None


def _conda_python(prefix: Path) -> str | None:
    return next((match[1] for path in (prefix / "conda-meta").iterdir() if (match := _CONDA_PYTHON.fullmatch(path.name))), None)


def _holds_distributions(folder: Path) -> bool:
    return any(path.name.endswith((".dist-info", ".egg-info")) for path in folder.iterdir())
