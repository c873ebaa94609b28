"""Holds the libraries of an environment and of the system around it by where they lie, and tells whose each is."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cached_property
from posixpath import basename, dirname, normpath, split

from drivetrain.model.environment import Claim, Environment, Installed
from drivetrain.model.library import Library

_NUMBERED = re.compile(r"\.so\.(\d+(?:\.\d+)+)$")
_MOST_LINKS = 40
"""As Linux follows them (MAXSYMLINKS of path_resolution(7))."""


class Shelf:
    """Libraries by absolute path, "/" between parts; Windows' without regard to case."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.ignores_case = environment.platform == "windows"
        self.site = environment.site_packages.replace("\\", "/").rstrip("/")
        self.system = environment.system
        outside = self.system.libraries if self.system else ()
        self._absolute: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        self._told: dict[str, tuple[str, str]] = {}
        self._matching: dict[str, tuple[str, ...]] = {}
        """What has been told of a path once: a process of a large environment asks for one library a dozen times."""
        self.searched: dict[tuple[str, str], tuple[str, ...]] = {}
        """The folders that a library's own search path names, by its path and the process' architecture: kept by the processes that ask."""
        self._by_path = {self._key(self.absolute(each.path)): each for each in (*outside, *environment.libraries)}

    def absolute(self, path: str) -> str:
        """Gives where a path of the environment lies, "." and ".." resolved."""
        if (known := self._absolute.get(path)) is not None:
            return known
        plain = path.replace("\\", "/")
        found = self._absolute[path] = normpath(plain if plain.startswith("/") or plain[1:2] == ":" else f"{self.site}/{plain}")
        return found

    def at(self, path: str) -> Library | None:
        """Gives the library at an absolute path; None where none lies."""
        return self._by_path.get(self._key(path))

    def file_of(self, library: Library) -> Library:
        """Gives the file that a symbolic link comes out at; itself for a file, and where the link leads out of what is known."""
        for _ in range(_MOST_LINKS):
            if not library.link or (other := self.at(self.absolute(library.link))) is None:
                break
            library = other
        return library

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Gives the absolute paths of the libraries that fit a path with `*`, in the order of their names."""
        if (known := self._matching.get(pattern)) is None:
            known = self._matching[pattern] = self._fitting(self._key(self.absolute(pattern)))
        return known

    def _fitting(self, pattern: str) -> tuple[str, ...]:
        """A folder stands for itself, whatever its name: a prefix may lie in "runs[1]"."""
        folder, name = split(pattern)
        if "*" not in name and "[" not in name:
            return (pattern,) if pattern in self._by_path else ()
        fits = re.compile(translate(name)).fullmatch
        return tuple(path for path in self._by_folder.get(folder, ()) if fits(basename(path)))

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The folders that hold distributions, site-packages first: a split environment has several."""
        bases = {dirname(one.path) for one in self.environment.installed if one.path.startswith("../")}
        return tuple(dict.fromkeys((self.site, *sorted(self.absolute(each) for each in bases if each.endswith("-packages")))))

    @cached_property
    def has_levels(self) -> bool:
        """Whether any folder holds libraries for certain processors (`glibc-hwcaps`)."""
        return any("/glibc-hwcaps/" in path for path in self._by_path)

    @cached_property
    def lib(self) -> str:
        """What $LIB stands for: where the system keeps its C library, "lib64" or Debian's "lib/x86_64-linux-gnu"."""
        libc = dirname(self.system.cached.get("libc.so.6", "")) if self.system else ""
        return libc.removeprefix("/usr").strip("/") or "lib64"

    def owner(self, library: Library) -> Installed | None:
        """Gives the distribution whose file this is; of several that claim it, the one whose size it has."""
        claims = self._claims.get(self._key(self.absolute(library.path)), ())
        fitting = [one for one, line in claims if line.size_bytes in (None, library.bytes)]
        found = fitting or [one for one, _ in claims]
        return found[-1] if found else None

    def shown(self, path: str) -> str:
        """Gives an absolute path as the environment has it; as it is where nothing is known to lie there."""
        library = self.at(path) if path else None
        return library.path if library else path

    def told(self, path: str) -> tuple[str, str]:
        """Gives the distribution and the version of what lies at a path; empty where nothing is known of it."""
        if (known := self._told.get(path)) is None:
            library = self.at(self.absolute(path)) if path else None
            owner = self.owner(library) if library else None
            known = self._told[path] = (owner.name if owner else "", self.version(library) if library else "")
        return known

    def version(self, library: Library) -> str:
        """Gives the version of a library: its distribution's, else the one that its file name ends with; empty where neither tells."""
        if (known := self._versions.get(library.path)) is None:
            known = self._versions[library.path] = self._version(library)
        return known

    def _version(self, library: Library) -> str:
        if owner := self.owner(library) or self.owner(self.file_of(library)):
            return owner.version
        numbered = _NUMBERED.search(self.file_of(library).name) or _NUMBERED.search(library.link) or _NUMBERED.search(library.name)
        return numbered[1] if numbered else ""

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for path in sorted(self._by_path):
            folders.setdefault(dirname(path), []).append(path)
        return folders

    @cached_property
    def _claims(self) -> dict[str, tuple[Claim, ...]]:
        claims = self.environment.claims
        return {self._key(self.absolute(each.path)): claims.get(self._key(each.path), ()) for each in self.environment.libraries}

    def _key(self, path: str) -> str:
        return path.lower() if self.ignores_case else path
