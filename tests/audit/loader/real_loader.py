"""Small ELF libraries by gcc, the real loader's account of a process (LD_DEBUG), and the simulation's of the same one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drivetrain.audit.loader.elf_process import ElfProcess
from drivetrain.audit.loader.shelf import Shelf
from drivetrain.binaries.binary import linkage_of
from drivetrain.binaries.window import window_on
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.scan.system_libraries import system_libraries

needs_gcc = pytest.mark.skipif(sys.platform != "linux" or shutil.which("gcc") is None or Path("/etc/alpine-release").exists(), reason="glibc's loader and gcc")
_OPENED = re.compile(r"file=(\S+) \[0\];  dynamically loaded by (\S+) \[0\]")
_READY = re.compile(r"calling init: (\S+)")


def compiled(path: Path, *needs: Path, soname: str = "", rpath: str = "", runpath: str = "", link_names: bool = True, flags: tuple[str, ...] = ()) -> Path:
    """Makes a library that needs others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    symbol = re.sub(r"\W", "_", path.name)
    source = path.with_suffix(".c")
    source.write_text(f"int of_{symbol}(void) {{ return 1; }}\n")
    path_flag = ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{rpath}"] if rpath else ["-Wl,--enable-new-dtags", f"-Wl,-rpath,{runpath}"] if runpath else []
    command = ["gcc", "-shared", "-fPIC", "-nostdlib", "-o", str(path), str(source), "-Wl,--no-as-needed", "-Wl,--allow-shlib-undefined"]
    command += [f"-Wl,-soname,{soname or path.name}"] if link_names else []
    subprocess.run([*command, *flags, *path_flag, *map(str, needs)], check=True, capture_output=True, text=True)
    source.unlink()
    return path


def program(path: Path, *needs: Path, rpath: str) -> Path:
    """Makes an interpreter's stand-in that opens what it is told and shows what it has mapped, with a search path of its own as conda's Python has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_suffix(".c")
    source.write_text(
        "#include <dlfcn.h>\n#include <stdio.h>\n"
        "int main(int n, char **v) { for (int i = 1; i < n; i++) dlopen(v[i], RTLD_LAZY);\n"
        'FILE *f = fopen("/proc/self/maps", "r"); for (int c; (c = fgetc(f)) != EOF;) putchar(c); return 0; }\n'
    )
    flags = ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{rpath}", "-Wl,--no-as-needed", "-Wl,--allow-shlib-undefined"]
    subprocess.run(["gcc", "-o", str(path), str(source), *flags, *map(str, needs), "-ldl"], check=True, capture_output=True, text=True)
    source.unlink()
    return path


def environment_of(prefix: Path, **variables: str) -> Environment:
    """The folder as an environment: every library below it, and the system around it."""
    found = []
    for path in sorted(prefix.rglob("*.so*")):
        with window_on(path) as window:
            linkage = linkage_of(window)
        real = os.path.realpath(path)
        if linkage is not None:
            link = os.path.relpath(real, prefix) if real != str(path) else ""
            found.append(Library(path=path.relative_to(prefix).as_posix(), bytes=path.stat().st_size, linkage=linkage, link=link))
    python = prefix / "bin" / "python"
    if not python.exists():
        python.parent.mkdir(exist_ok=True)
        python.symlink_to(os.path.realpath(sys.executable))
    bare = Environment(prefix=str(prefix), platform="linux", site_packages=str(prefix), libraries=tuple(found))
    return Environment(prefix=str(prefix), platform="linux", site_packages=str(prefix), libraries=tuple(found), system=system_libraries(bare, variables))


def really_loaded(prefix: Path, *names: str | Path, **variables: str) -> set[str]:
    """Files below the prefix that a Python has loaded in the end, which opens these one after the other and goes on after a failure."""
    code = "import ctypes, sys\nfor name in sys.argv[1:]:\n    try: ctypes.CDLL(name)\n    except OSError: pass\nprint(open('/proc/self/maps').read())"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    own = prefix / "bin" / "python"
    command = [str(own)] if own.exists() and not own.is_symlink() else [os.path.realpath(sys.executable), "-S", "-c", code]
    ran = subprocess.run([*command, *map(str, names)], env={**bare, **variables}, capture_output=True, text=True, check=True)
    paths = {line.split(None, 5)[5] for line in ran.stdout.splitlines() if len(line.split(None, 5)) == 6}
    return {os.path.relpath(path, prefix) for path in paths if path.startswith(os.path.realpath(prefix) + os.sep)} - {"bin/python"}


def simulated(prefix: Path, *names: str | Path, **variables: str) -> set[str]:
    """The same, without loading anything."""
    shelf = Shelf(environment_of(prefix, **variables))
    process = ElfProcess(shelf)
    for each in names:
        process.open(str(each))
    return {os.path.relpath(os.path.realpath(path), os.path.realpath(prefix)) for path, _ in process.loaded() if path.startswith(str(prefix))} - {"bin/python"}
