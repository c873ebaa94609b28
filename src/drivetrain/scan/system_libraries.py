"""Reads what the dynamic loader finds outside an environment: variables' folders, its cache, its default folders, the libraries there that are asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from drivetrain.formats.loader_cache import cached_paths
from drivetrain.model.binary import Linkage
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment
from drivetrain.model.library import Folder, Library, SystemLibraries
from drivetrain.scan.known_libraries import KnownLibraries, ReadLibrary
from drivetrain.scan.target_paths import TargetPaths

_NAME = re.compile(r"\.so(?:\.\d[^/]*)?$|\.dll$", re.IGNORECASE)
_DECIDING = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
_TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
_LEVELS = (
    ("x86-64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
    ("x86-64-v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}),
    ("x86-64-v2", {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}),
)
"""As /proc/cpuinfo spells what the x86-64 psABI lists for each level, https://gitlab.com/x86-psABIs/x86-64-ABI."""


def system_libraries(environment: Environment, variables: Mapping[str, str], wanted: Iterable[str] = (), cache: Path | None = None) -> SystemLibraries:
    """Gives what lies around an environment on its own system; `wanted`: names that are opened though no linkage has them, `cache` remembers what was read."""
    paths = TargetPaths(environment.root, environment.prefix)
    known = KnownLibraries(None if environment.root else cache, Path(environment.prefix), "system")
    found = (_of_windows if environment.platform == "windows" else _of_linux)(environment, _Reader(paths, known), variables, wanted)
    known.keep()
    return found


def _of_linux(environment: Environment, reader: _Reader, variables: Mapping[str, str], wanted: Iterable[str]) -> SystemLibraries:
    paths = reader.paths
    program = paths.real(f"{environment.prefix}/bin/python")
    levels = _levels(paths)
    first = reader.read(program, inside=True)
    arch = next((one.linkage.arch for one in (first, *environment.libraries) if one and one.linkage.format == "elf"), "x86_64")
    cached = cached_paths(paths.content("/etc/ld.so.cache"), arch, levels)
    folders = tuple(_folders(paths, variables.get("LD_LIBRARY_PATH", ""), arch))
    seeds = {name for each in environment.libraries for name in each.linkage.needed}
    stated = {folder for each in environment.libraries for folder in each.linkage.search_path if folder.startswith("/")}
    stated |= set(_searched(first)) if first else set()
    names = {*seeds, *wanted, *(first.linkage.needed if first else ())}
    reader.follow(names, cached, {*(each.path for each in folders), *stated, *_toolkits(paths)})
    return SystemLibraries(cached=FrozenMap(cached), folders=folders, program=program if first else "", levels=levels, libraries=reader.libraries)


class _Reader:
    """Reads the libraries of a name wherever the loader could take it from, and what they need in turn."""

    def __init__(self, paths: TargetPaths, known: KnownLibraries) -> None:
        self.paths = paths
        self._known = known
        self._read: dict[str, Library | None] = {}
        self._listed: dict[str, frozenset[str]] = {}

    @property
    def libraries(self) -> tuple[Library, ...]:
        return tuple(one for _, one in sorted(self._read.items()) if one is not None)

    def follow(self, names: set[str], cached: Mapping[str, str], folders: set[str]) -> None:
        """Reads every candidate for these names, and for what the candidates need; a folder that one of them searches is searched for all."""
        done: set[tuple[str, str]] = set()
        while True:
            wanted = [(folder, name) for name in sorted(names) for folder in (*sorted(folders), "") if (folder, name) not in done]
            if not wanted:
                return
            for folder, name in wanted:
                done.add((folder, name))
                path = cached.get(name, "") if not folder else f"{folder}/{name}" if name in self._names_in(folder) else ""
                one = self.read(path) if path else None
                if one is not None:
                    names |= set(one.linkage.needed)
                    folders |= set(_searched(one))

    def _names_in(self, folder: str) -> frozenset[str]:
        """One look into a folder costs less than one at each of a hundred names in it."""
        if folder not in self._listed:
            self._listed[folder] = frozenset(self.paths.names(folder))
        return self._listed[folder]

    def read(self, path: str, *, inside: bool = False) -> Library | None:
        """Gives the library at a path outside the environment, and reads the file too that it is a link to; `inside` for conda's interpreter."""
        if path not in self._read:
            self._read[path] = None
            real = self.paths.real(path)
            state = self.paths.state(real) if inside or not self.paths.is_inside(real) else None
            linkage = self._linkage(real, state) if state is not None else None
            if state is not None and linkage is not None:
                self._read[path] = Library(path=path, bytes=state.st_size, linkage=linkage, link=real if real != path else "")
                self._read[real] = Library(path=real, bytes=state.st_size, linkage=linkage)
        return self._read[path]

    def _linkage(self, real: str, state: os.stat_result) -> Linkage | None:
        known = self._known.of(state)
        if known is not None:
            return known.linkage
        linkage = self.paths.linkage(real)
        if linkage is not None:
            self._known.add(state, ReadLibrary(linkage=linkage))
        return linkage


def _searched(one: Library) -> Iterator[str]:
    """Absolute folders of a library's search path."""
    folder = one.path.rpartition("/")[0]
    for each in one.linkage.search_path:
        spelled = each.replace("${ORIGIN}", folder).replace("$ORIGIN", folder)
        if spelled.startswith("/") and "$" not in spelled:
            yield os.path.normpath(spelled)


def _toolkits(paths: TargetPaths) -> Iterator[str]:
    """Folders of toolkits, which no loader searches by itself: what lies there can be named where it is missed."""
    for parent in ("/usr/local", "/opt"):
        for name in sorted(paths.names(parent)):
            if name.startswith("cuda"):
                yield f"{parent}/{name}/lib64"


def _folders(paths: TargetPaths, variable: str, arch: str) -> Iterator[Folder]:
    """The folders of the variable first, then those that glibc was built with: Debian's lie below its triplet."""
    for each in re.split(r"[:;]", variable) if variable else ():
        # An empty part stands for the current folder, which is another one tomorrow.
        if each:
            yield _folder(paths, paths.spelled(each), "LD_LIBRARY_PATH")
    triplet = _TRIPLETS.get(arch, "")
    debian = triplet and paths.exists(f"/usr/lib/{triplet}/libc.so.6")
    for each in (f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib", "/usr/lib") if debian else ("/lib64", "/usr/lib64", "/lib", "/usr/lib"):
        yield _folder(paths, each, "default")


def _folder(paths: TargetPaths, path: str, why: str) -> Folder:
    return Folder(path=path, why=why, names=tuple(sorted(name for name in paths.names(path) if _NAME.search(name))))


def _of_windows(environment: Environment, reader: _Reader, variables: Mapping[str, str], wanted: Iterable[str]) -> SystemLibraries:
    """The folders in the order of Windows' search: the program's, System32, those of PATH; a toolkit's last, since PATH alone makes it count."""
    named = {name.upper(): value for name, value in variables.items()}
    system = f"{named.get('SYSTEMROOT', 'C:/Windows')}/System32"
    home = environment.interpreter.home if environment.interpreter else ""
    rows = [(home, "application"), (system, "System32"), *((each, "PATH") for each in named.get("PATH", "").split(";"))]
    rows += [(f"{value}/bin", name) for name, value in named.items() if name.startswith("CUDA_PATH")]
    folders = tuple(_folder(reader.paths, path.replace("\\", "/").rstrip("/"), why) for path, why in rows if path)
    lower = {name.lower() for name in (*wanted, *(need for each in environment.libraries for need in each.linkage.needed))}
    for folder in folders:
        for name in folder.names:
            if folder.why not in ("System32", "application") and name.lower() in lower:
                reader.read(f"{folder.path}/{name}")
    return SystemLibraries(folders=folders, libraries=reader.libraries)


def _levels(paths: TargetPaths) -> tuple[str, ...]:
    """A root's processor is not known: the plain libraries are those that every one can use."""
    if paths.root:
        return ()
    text = paths.content("/proc/cpuinfo").decode("ascii", "replace")
    flags = set(next((line.partition(":")[2].split() for line in text.splitlines() if line.startswith("flags")), ()))
    best = next((number for number, (_, needed) in enumerate(_LEVELS) if all(flags >= each for _, each in _LEVELS[number:])), len(_LEVELS))
    return tuple(name for name, _ in _LEVELS[best:])


def variables_of(machine: Mapping[str, str]) -> dict[str, str]:
    """Gives the variables that decide where the loader looks: those of the process, else the machine's."""
    return {**machine, **{name: value for name, value in os.environ.items() if name in _DECIDING or name.startswith("CUDA_PATH")}}


def is_here(environment: Environment) -> bool:
    """Tells whether this machine's own loader would load the environment."""
    from drivetrain.scan.place import host_os

    return environment.platform == host_os() and Path(environment.site_packages).is_dir()
