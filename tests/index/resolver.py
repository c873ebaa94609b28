"""Asks uv what versions go together on a target: the judge that is none of ours."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from drivetrain.catalogue.families import family_of
from drivetrain.install.engine import Engine
from drivetrain.install.settings import EngineSettings
from drivetrain.install.target import target_flags, target_variables
from drivetrain.model.machine import Machine
from drivetrain.workflows.engine import engine_settings

_PINNED = re.compile(r"^([a-z0-9][a-z0-9-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


@cache
def settings() -> EngineSettings:
    """Gives how uv is run here: with the indexes that this machine has."""
    return engine_settings(None, (), cache_dir=None, offline=False)


def resolution(lines: list[str], constraints: list[str], machine: Machine, python: str) -> dict[str, str] | str:
    """Gives the versions that `uv pip compile --only-binary :all:` finds for these requirements, or what it says."""
    with TemporaryDirectory(prefix="drivetrain-asks-uv-") as name:
        folder = Path(name)
        for file, text in (("asked.in", lines), ("constraints.in", constraints)):
            (folder / file).write_text("\n".join(text) + "\n", encoding="utf-8")
        files = [folder / "asked.in", "--constraints", folder / "constraints.in"]
        policy = ["--only-binary", ":all:", "--prerelease", "disallow", "--no-header", "--no-annotate", "--quiet"]
        question = ["pip", "compile", *files, *target_flags(machine, python), *policy]
        done = Engine(settings(), folder).run(question, variables=target_variables(machine))
    return dict(_PINNED.findall(done.out)) if done.ok else done.err


def families(found: dict[str, str]) -> set[int]:
    """Gives the CUDA majors that a resolution brings in."""
    return {family for name, version in found.items() if (family := family_of(name, version)) is not None}
