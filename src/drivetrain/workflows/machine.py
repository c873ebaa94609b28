"""Gives the machine that is meant: this one, one from a file, or either with what flags change about it."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import FileError, UsageError
from drivetrain.model.machine import Interpreter, Machine
from drivetrain.words import say, why


def this_machine(*, check_indexes: bool = False) -> Machine:
    """Probes this machine."""
    from drivetrain.probe import probe

    return probe(check_indexes=check_indexes)


def machine_from_file(path: str) -> Machine:
    """Reads a machine file; raises FileError that names the place of the fault."""
    from drivetrain.formats.machine_file import machine_of

    return machine_of(_text(path), path)


def save_machine(machine: Machine, path: str) -> None:
    """Writes a machine file."""
    from drivetrain.workflows.files import write_document

    write_document(path, machine)


def changed_machine(machine: Machine | None, *, os: str | None, arch: str | None, gpus: tuple[str, ...], driver: str | None, glibc: str | None) -> Machine:
    """Gives the machine with what the flags say in place of what it has; what no flag names stays, GPUs and driver included.

    None stands for a machine of which nothing is kept. Another system, GPU or C library make it a described one, on which every Python and every place of
    packages counts; another driver alone does not.
    """
    from drivetrain.probe import described

    if machine is None:
        return described(os=os, arch=arch, gpus=gpus, driver=driver, glibc=glibc)
    if not (os or arch or gpus or glibc):
        return replace(machine, driver=described(os=_system(machine), driver=driver).driver) if driver else machine
    kept = None if gpus or not machine.nvidia_gpus else machine
    made = described(os=os or _system(machine), arch=arch, gpus=gpus, driver=driver, glibc=glibc)
    if kept is not None:
        made = replace(made, gpus=kept.gpus, driver=made.driver or kept.driver)
    return made


def asked_interpreter(path: str) -> Interpreter:
    """Gives the interpreter at a path with the version that it reports itself; raises UsageError for what is none."""
    from drivetrain.process import run

    program = Path(path).expanduser()
    if program.is_dir():
        program = program / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    code = "import platform; print(platform.python_implementation(), platform.python_version())"
    done = run([program.absolute(), "-I", "-c", code], timeout_seconds=10)
    words = done.out.split()
    if not done.ok or len(words) != 2:
        raise UsageError(say("{path} is no Python interpreter that runs", path=path), say("give a version (--python 3.12) or the path of an interpreter"))
    if words[0] != "CPython":
        raise UsageError(say("{path} is {kind}, and the frameworks have wheels for CPython only", path=path, kind=words[0]), say("name a CPython"))
    return Interpreter(path=str(program.absolute()), version=words[1], source="asked")


def has_usable_gpu(machine: Machine) -> bool:
    """Tells whether an NVIDIA GPU and its driver are there."""
    return machine.driver is not None and any(gpu.driver_bound is not False for gpu in machine.nvidia_gpus)


def _system(machine: Machine) -> str:
    return "wsl2" if machine.os.wsl else machine.os.family


def _text(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error)
        raise FileError(
            say("{path} cannot be read: {reason}", path=path, reason=reason), say("make it on that machine: drivetrain probe --save FILE")
        ) from error
