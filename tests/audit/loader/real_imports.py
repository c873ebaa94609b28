"""What a real import loads (LD_DEBUG and /proc/self/maps), and what the simulation says of the same process."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from drivetrain.audit.loader.elf_process import ElfProcess
from drivetrain.audit.loader.reading import Loader
from drivetrain.audit.loader.shelf import Shelf
from drivetrain.binaries.binary import linkage_of
from drivetrain.binaries.window import window_on
from drivetrain.frameworks import frameworks
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.scan import scan
from drivetrain.scan.system_libraries import system_libraries
from drivetrain.workflows.loading import opened_names

_OPENED = re.compile(r"file=(\S+) \[0\];  dynamically loaded by (\S+) \[0\]")
_READY = re.compile(r"calling init: (\S+)")
_CODE = """
import os, sys
for name in sys.argv[1:]:
    module = __import__(name)
    try:
        module.config.list_physical_devices() if name == "tensorflow" else module.devices() if name == "jax" else module.cuda.is_available()
    except Exception:
        pass
open(os.environ["MAPS"], "w").write(open("/proc/self/maps").read())
print(os.getpid())
"""


class Real(NamedTuple):
    """One process as it was."""

    loaded: frozenset[str]
    """Files that it mapped or whose constructors ran, links followed."""
    opened: tuple[tuple[str, str], ...]
    """(name or path, what opened it), in order."""


def really_imported(prefix: Path, scratch: Path, *modules: str) -> Real:
    """Imports these modules in a process of their own and gives what the real loader did; devices are asked for, so that GPU libraries are opened."""
    maps, log = scratch / "maps", scratch / "debug"
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    variables = {**kept, "LD_DEBUG": "files,libs", "LD_DEBUG_OUTPUT": str(log), "MAPS": str(maps)}
    ran = subprocess.run(
        [prefix / "bin" / "python", "-c", _CODE, *modules], env=variables, capture_output=True, text=True, check=True, cwd=scratch, timeout=600
    )
    text = Path(f"{log}.{ran.stdout.split()[-1]}").read_text(errors="replace")
    mapped = {line.split(None, 5)[5].strip() for line in maps.read_text().splitlines() if ".so" in line}
    loaded = {os.path.realpath(path) for path in (*mapped, *_READY.findall(text)) if ".so" in path}
    for each in scratch.glob("debug.*"):
        each.unlink()
    return Real(frozenset(loaded), tuple(_OPENED.findall(text)))


def environment_with_interpreter(prefix: Path, cache: Path) -> Environment:
    """The environment, and the extension modules of the interpreter itself, which lie outside it and are no framework's."""
    found = scan(prefix, cache=cache)
    base = Path(os.path.realpath(prefix / "bin" / "python")).parent.parent / "lib"
    modules = sorted(base.glob(f"python3.*/lib-dynload/*{sysconfig.get_config_var('EXT_SUFFIX')[-3:]}"))
    own = []
    for path in modules:
        with window_on(path) as window:
            if (linkage := linkage_of(window)) is not None:
                own.append(Library(path=str(path), bytes=path.stat().st_size, linkage=linkage))
    found = replace(found, libraries=(*found.libraries, *own))
    return replace(found, system=system_libraries(found, {}, opened_names()))


def replayed(environment: Environment, real: Real) -> frozenset[str]:
    """What the simulated loader has loaded after the same openings in the same order."""
    shelf = Shelf(environment)
    process = ElfProcess(shelf)
    for name, opener in real.opened:
        process.open(shelf.absolute(name) if "/" in name else name, os.path.normpath(opener))
    program = environment.system.program if environment.system else ""
    return frozenset(os.path.realpath(path) for path, _ in process.loaded()) - {program}


def foretold(environment: Environment, name: str, *, when: tuple[str, ...]) -> frozenset[str]:
    """What the framework's own data and the loader say, without any real process."""
    loader = Loader(environment, frameworks())
    framework = next(each for each in loader.frameworks if each.name == name)
    paths = (loader.shelf.absolute(each.path) for each in loader.of(framework) if each.is_new and each.when in when)
    program = environment.system.program if environment.system else ""
    return frozenset(os.path.realpath(path) for path in paths) - {program}
