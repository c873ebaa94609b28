"""Gives the targets that a project's file lists, each with its machine."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.errors import FileError
from drivetrain.formats.targets_file import TargetRow, targets_in
from drivetrain.model.machine import Machine
from drivetrain.words import say
from drivetrain.workflows.asking import text_of
from drivetrain.workflows.machine import changed_machine, machine_from_file


class ProjectTarget(Struct, frozen=True, kw_only=True):
    """One target of a project."""

    row: TargetRow
    machine: Machine


def targets_from(path: str) -> tuple[ProjectTarget, ...]:
    """Gives the targets of a file; raises FileError for one that lists none, or whose targets cannot be understood."""
    found = targets_in(text_of(path), path)
    if not found:
        raise FileError(
            say("{file} lists no targets", file=path), say("write each as [[targets]] in drivetrain.toml, [[tool.drivetrain.targets]] in pyproject.toml")
        )
    return tuple(ProjectTarget(row=each, machine=_machine(each, path)) for each in found)


def targets_of_project(files: tuple[str, ...]) -> str | None:
    """Gives the first of these files of requirements that lists targets of its own."""
    from drivetrain.formats.file_kind import name_and_groups

    for each in files:
        name = each if Path(each).exists() else name_and_groups(each)[0]
        # The word is looked for first: most projects have none, and reading TOML twice would cost each of their plans.
        if Path(name).name == "pyproject.toml" and Path(name).exists() and "tool.drivetrain" in (text := text_of(name)) and targets_in(text, name):
            return name
    return None


def _machine(row: TargetRow, path: str) -> Machine:
    if row.machine:
        beside = Path(path).expanduser().parent / Path(row.machine).expanduser()
        return replace(machine_from_file(str(beside)), constraints=())
    return changed_machine(None, os=row.os, arch=row.arch or None, gpus=row.gpus, driver=row.driver or None, glibc=row.glibc or None)
