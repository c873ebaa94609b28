"""Turns raw readings into a Machine."""

from __future__ import annotations

from typing import Any

from drivetrain.formats.os_release import os_release_of
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Cpu, Cudnn, EnvironmentPlace, Interpreter, Machine, NamedFolder, Note, OperatingSystem, Toolkit
from drivetrain.probe.configuration import constraints_of, indexes_of, unread_constraints
from drivetrain.probe.graphics import driver_of, gpus_of
from drivetrain.probe.notes import FAILED, notes_of
from drivetrain.probe.readings import Readings
from drivetrain.words import say

ARCHITECTURES = {"amd64": "x86_64", "x86_64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}
WINDOWS_11 = 22000
"""The first build of Windows 11, which still calls itself Windows 10 in the registry."""


def machine_of_readings(readings: Readings) -> Machine:
    """Gives the machine; a part whose reading failed stays empty and is noted."""
    system = readings["system"] or {"family": "linux"}
    os, wsl = _operating_system(system), bool(system.get("wsl"))
    gpus, driver = gpus_of(readings), driver_of(readings, os.family, wsl=wsl)
    indexes, constraints, damaged = _places(readings)
    return Machine(
        os=os,
        arch=_architecture(system),
        cpu=_cpu(readings["processor"] or {}),
        memory_bytes=readings["memory_bytes"],
        disk_free_bytes=readings["disk_free_bytes"],
        shared_memory_bytes=readings.get("shared_memory_bytes"),
        driver=driver,
        gpus=gpus,
        toolkits=tuple(Toolkit(**each) for each in readings["toolkits"] or []),
        cudnn=tuple(Cudnn(**each) for each in readings["cudnns"] or []),
        pythons=tuple(Interpreter(**each) for each in readings["pythons"] or []),
        environments=tuple(EnvironmentPlace(**each) for each in readings["environments"] or []),
        indexes=indexes,
        constraints=constraints,
        variables=FrozenMap(readings["variables"] or {}),
        folders=tuple(NamedFolder(**{**each, "holds": tuple(each["holds"])}) for each in readings.get("named_folders") or []),
        notes=(*notes_of(readings, gpus, driver), *damaged),
    )


def _places(readings: Readings) -> tuple[Any, tuple[str, ...], tuple[Note, ...]]:
    """Reads what pip and uv are configured with; a damaged file is a note, since a probe shows what there is and breaks on nothing."""
    from drivetrain.errors import FileError

    try:
        indexes, constraints = indexes_of(readings), constraints_of(readings)
    except FileError as error:
        return (), (), (Note(cause=FAILED, says=error.says),)
    unread = [say("the constraint file {path}, which pip or uv is configured with, cannot be read", path=path) for path in unread_constraints(readings)]
    return indexes, constraints, tuple(Note(cause=FAILED, says=says) for says in unread)


def _operating_system(system: dict[str, Any]) -> OperatingSystem:
    family = system["family"]
    release = os_release_of(system.get("os_release") or "")
    name = {"windows": _windows_name(system.get("windows") or {}), "macos": f"macOS {system.get('macos') or ''}".strip()}.get(family, release.name)
    return OperatingSystem(
        family=family,
        name=name,
        kernel=system.get("kernel"),
        glibc=system.get("glibc"),
        musl=system.get("musl"),
        wsl=system.get("wsl"),
        container=system.get("container"),
        distribution=release.id,
    )


def _windows_name(told: dict[str, str]) -> str:
    name = told.get("ProductName") or "Windows"
    build = told.get("CurrentBuild", "")
    if build.isdigit() and int(build) >= WINDOWS_11:
        name = name.replace("Windows 10", "Windows 11")
    return f"{name} {told.get('DisplayVersion', '')}".strip()


def _architecture(system: dict[str, Any]) -> str:
    machine = str(system.get("machine", "")).lower()
    return "arm64" if system["family"] == "macos" and machine in ("arm64", "aarch64") else ARCHITECTURES.get(machine, machine)


def _cpu(told: dict[str, Any]) -> Cpu:
    return Cpu(model=told.get("model", ""), cores=told.get("cores"), features=tuple(told.get("features", ())))
