"""Chooses the interpreter that an environment is made with: one that the machine has and that answers, or one fetched by uv when that is allowed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.errors import EngineError, PrefixError
from drivetrain.install.complaints import breakdown
from drivetrain.install.engine import Engine
from drivetrain.install.settings import EngineSettings
from drivetrain.model.dotted import dotted
from drivetrain.model.machine import Interpreter, Machine
from drivetrain.model.plan import Plan
from drivetrain.process import run
from drivetrain.words import say

ASK_SECONDS = 10.0

_QUESTION = """
import json, platform, struct, sys, sysconfig
print(json.dumps({"version": platform.python_version(), "bits": struct.calcsize("P") * 8, "implementation": platform.python_implementation(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")), "base": sys.prefix == sys.base_prefix}))
"""


class _Answer(Struct, frozen=True):
    version: str
    bits: int
    implementation: str
    free_threaded: bool
    base: bool


def interpreter_for(plan: Plan, machine: Machine, settings: EngineSettings, fetch: bool = False) -> Path:
    """Gives a 64-bit CPython of the plan's version on this machine, asked once whether it is; with `fetch`, uv may download one into its folder.

    Raises PrefixError that says what was found instead.
    """
    version, free_threaded = plan.python.rstrip("t"), plan.python.endswith("t")
    faults: list[str] = []
    for candidate in _ranked(machine.pythons or (), version):
        fault = _fault(Path(candidate.path), version, free_threaded)
        if fault is None:
            return Path(candidate.path)
        faults.append(f"{candidate.path}: {fault}")
    if fetch:
        return _fetched(plan.python, settings)
    if faults:
        raise PrefixError(
            say("no Python {version} of this machine can be used; {faults}", version=plan.python, faults="; ".join(faults[:3])),
            say("add --fetch-python to download one, or name another with --python PATH"),
        )
    raise PrefixError(
        say("this machine has no Python {version}", version=plan.python),
        say("add --fetch-python to download it, or install it ({package} on Debian and Ubuntu)", package=f"python{version} python{version}-venv"),
    )


def _ranked(pythons: Iterable[Interpreter], version: str) -> list[Interpreter]:
    """Those of the version, the one asked for first, then the newest patch; conda's last, since its libraries are conda's to update."""
    fitting = [each for each in pythons if f"{each.version}.".startswith(f"{version}.")]
    return sorted(fitting, key=lambda each: (each.source == "asked", each.source != "conda", _numbers(each.version)), reverse=True)


def _numbers(version: str) -> tuple[int, ...]:
    try:
        return dotted(version)
    except ValueError:
        return ()


def _fault(path: Path, version: str, free_threaded: bool) -> str | None:
    """What is wrong with an interpreter, None when nothing is."""
    try:
        done = run([path, "-I", "-c", _QUESTION], timeout_seconds=ASK_SECONDS)
    except EngineError as error:
        return error.says
    if not done.ok:
        lines = done.err.strip().splitlines()
        return (
            say("it did not answer within {seconds} s", seconds=round(ASK_SECONDS))
            if done.timed_out
            else say("it fails: {reason}", reason=lines[-1] if lines else done.code)
        )
    try:
        answer = _Answer(**json.loads(done.out.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        return say("it answers with something else than it was asked")
    if answer.implementation != "CPython":
        return say("it is {implementation}, and the wheels are made for CPython", implementation=answer.implementation)
    if answer.bits != 64:
        return say("it is a {bits}-bit Python", bits=answer.bits)
    if not f"{answer.version}.".startswith(f"{version}."):
        return say("it is Python {version}", version=answer.version)
    if answer.free_threaded != free_threaded:
        return say("it is free-threaded") if answer.free_threaded else say("it is not free-threaded")
    return None


def _fetched(version: str, settings: EngineSettings) -> Path:
    with tempfile.TemporaryDirectory(prefix="drivetrain-python-") as name:
        engine = Engine(replace(settings, python_downloads=True), Path(name))
        folder: list[str | Path] = ["--install-dir", settings.cache_dir / "pythons"] if settings.cache_dir else []
        variables = {"UV_PYTHON_INSTALL_DIR": str(settings.cache_dir / "pythons")} if settings.cache_dir else {}
        done = engine.run(["python", "install", "--no-bin", *folder, version], variables=variables)
        if not done.ok:
            raise breakdown(done, say("Python {version} was not fetched", version=version))
        found = engine.run(["python", "find", "--managed-python", version], variables=variables)
    if not found.ok or not found.out.strip():
        raise breakdown(found, say("the fetched Python {version} was not found", version=version))
    return Path(found.out.strip().splitlines()[-1])
