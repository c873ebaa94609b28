"""Says which CUDA a driver serves and which driver a CUDA needs, by range of driver numbers, from `data/drivers.json`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from drivetrain.model.catalogue import CudaMajor, DriverBranch
from drivetrain.model.dotted import dotted, minor
from drivetrain.model.machine import OsFamily

WHOLE_BRANCH = 1 << 30
"""Stands for "the newest of this branch" where a driver is given by its branch alone ("550")."""


def ceiling(driver: str, os_family: OsFamily, *, wsl: bool = False) -> str | None:
    """Gives the highest CUDA that this driver serves in full ("12.4", as `nvidia-smi` shows top right); None where it is not known."""
    row = ceiling_row(driver, os_family, wsl=wsl)
    return row.cuda if row else None


def ceiling_row(driver: str, os_family: OsFamily, *, wsl: bool = False) -> DriverBranch | None:
    """Gives the row behind `ceiling`, with its sources.

    Inside WSL2 the driver is the Windows one and carries its number (551.61); the branch's own numbers, which only Linux uses ("550", "550.54.14"), are
    understood there and on Windows too.
    """
    rows = branches(_numbering(driver, os_family, wsl))
    if not rows:
        return None
    mine = _numbers(driver)
    return next((row for row in reversed(rows) if _numbers(row.driver, floor=True) <= mine), None)


def minimum_driver(cuda: str, os_family: OsFamily, *, wsl: bool = False) -> str | None:
    """Gives the lowest driver that runs this CUDA at all: under minor-version compatibility from CUDA 11 on, else the one that serves it in full."""
    major = major_row(int(cuda.split(".")[0]))
    least = _of_major(major, _family(os_family, wsl)) if major else None
    full = full_driver(cuda, os_family, wsl=wsl)
    known = [each for each in (least, full) if each]
    return min(known, key=dotted, default=None)


def full_driver(cuda: str, os_family: OsFamily, *, wsl: bool = False) -> str | None:
    """Gives the lowest driver that serves this CUDA in full, PTX included: its first toolkit's, else the start of the branch that reports it."""
    row = full_driver_row(cuda, os_family, wsl=wsl)
    return row.driver if row else None


def full_driver_row(cuda: str, os_family: OsFamily, *, wsl: bool = False) -> DriverBranch | None:
    """Gives the row behind `full_driver`, with its sources."""
    family = _family(os_family, wsl)
    if family == "macos":
        return None
    toolkit = _toolkits(family).get(minor(cuda))
    return toolkit or next((row for row in branches(family) if row.cuda == minor(cuda)), None)


def known_releases(os_family: OsFamily, *, wsl: bool = False) -> tuple[str, ...]:
    """Gives every CUDA release of which the driver that serves it in full is known, oldest first."""
    family = _family(os_family, wsl)
    return () if family == "macos" else tuple(sorted(_toolkits(family), key=dotted))


def major_row(major: int) -> CudaMajor | None:
    """Gives the minimum drivers of a CUDA major version, with their sources; None before 11, which knows no minor-version compatibility."""
    return next((row for row in majors() if row.major == major), None)


@lru_cache(maxsize=1)
def majors() -> tuple[CudaMajor, ...]:
    """Gives every CUDA major version with minor-version compatibility."""
    return tuple(
        CudaMajor(major=major, linux=linux, windows=windows, minor_compatibility=compatible, sources=_sources(numbers))
        for major, linux, windows, compatible, numbers, _ in _document()["majors"]
    )


@lru_cache(maxsize=2)
def branch_after(branch: str) -> str | None:
    """Gives where the next branch after one ("580") begins, in Linux's numbers; None where none is known."""
    return next((row.driver for row in branches("linux") if dotted(row.driver)[0] > int(branch)), None)


def branches(family: OsFamily) -> tuple[DriverBranch, ...]:
    """Gives the driver numbers from which on another CUDA is reported, ascending; empty for macOS, which has had no driver since CUDA 10.2."""
    return tuple(
        DriverBranch(os=os, driver=driver, cuda=cuda, sources=_sources(numbers)) for os, driver, cuda, numbers, _ in _document()["branches"] if os == family
    )


@lru_cache(maxsize=2)
def _toolkits(family: OsFamily) -> dict[str, DriverBranch]:
    column = 1 if family == "linux" else 2
    os: Any = family
    return {row[0]: DriverBranch(os=os, driver=row[column], cuda=row[0], sources=_sources(row[3])) for row in _document()["toolkits"] if row[column]}


@lru_cache(maxsize=1)
def _document() -> Any:
    return msgspec.json.decode(Path(__file__).with_name("data").joinpath("drivers.json").read_bytes())


def _sources(numbers: list[int]) -> tuple[str, ...]:
    names = _document()["sources"]
    return tuple(names[number] for number in numbers)


def _family(os_family: OsFamily, wsl: bool) -> OsFamily:
    return "windows" if wsl else os_family


def _numbering(driver: str, os_family: OsFamily, wsl: bool) -> OsFamily:
    """Tells whose numbers these are: branch R550 is numbered 550.54.14 on Linux and 551.61 on Windows, and people name the branch on both."""
    family = _family(os_family, wsl)
    first = driver.partition(".")[0]
    if family == "windows" and (driver.count(".") == 2 or (_starts_branch(first, "linux") and not _starts_branch(first, "windows"))):
        return "linux"
    return family


def _starts_branch(driver: str, family: OsFamily) -> bool:
    return any(row.driver == driver for row in branches(family))


def _numbers(driver: str, *, floor: bool = False) -> tuple[int, ...]:
    numbers = dotted(driver)
    return numbers if floor or len(numbers) > 1 else (*numbers, WHOLE_BRANCH)


def _of_major(row: CudaMajor, family: OsFamily) -> str | None:
    return {"linux": row.linux, "windows": row.windows}.get(family)
