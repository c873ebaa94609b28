"""Where and under which conditions an environment is proven: its interpreter, the variables its processes get, and the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine


class Setting(Struct, frozen=True, kw_only=True):
    """What every process of one proof has in common."""

    prefix: str
    interpreter: str
    machine: Machine
    accelerator: str
    timeout_seconds: float
    variables: FrozenMap[str]
    """The whole environment of the processes."""


def interpreter_of(prefix: Path) -> Path | None:
    """Gives the interpreter of a venv or conda environment, on any system; not resolved, because a venv's is a link out of it."""
    places = [prefix / "Scripts" / "python.exe", prefix / "python.exe"] if sys.platform == "win32" else [prefix / "bin" / "python", prefix / "bin" / "python3"]
    return next((place.absolute() for place in places if place.is_file()), None)


def variables_for(prefix: Path, accelerator: str, planned: Mapping[str, str | None]) -> FrozenMap[str]:
    """Gives the caller's variables without PYTHON*, the environment activated, and over them what the plan sets (None unsets)."""
    prefix = prefix.absolute()
    every: dict[str, str] = {name: value for name, value in os.environ.items() if not name.upper().startswith("PYTHON")}
    programs = [str(prefix), str(prefix / "Library" / "bin"), str(prefix / "Scripts")] if sys.platform == "win32" else [str(prefix / "bin")]
    every["PATH"] = os.pathsep.join([*programs, every.get("PATH", os.defpath)])
    every.pop("VIRTUAL_ENV", None)
    every["CONDA_PREFIX" if (prefix / "conda-meta").is_dir() else "VIRTUAL_ENV"] = str(prefix)
    if accelerator == "cpu":
        # A GPU that the plan leaves alone may be somebody else's; no framework shall take memory on it.
        every["CUDA_VISIBLE_DEVICES"] = "-1"
    for name, value in planned.items():
        every.pop(name, None)
        if value is not None:
            every[name] = value
    return FrozenMap(every)
