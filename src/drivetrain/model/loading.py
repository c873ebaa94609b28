"""What the dynamic loader would do for a framework: which file for each name, found via what, and what that brings along."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.opening import Moment

Via = Literal["file", "rpath", "runpath", "LD_LIBRARY_PATH", "cache", "default", "folder", "PATH", "loaded", "nowhere", "unknown"]
"""How a name was found: by its path; by a search path; already loaded; or not at all, "unknown" where another machine's folders would decide."""


class Loaded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer of the loader."""

    name: str
    """As it was asked for: a soname, or the path."""
    via: Via
    path: str = ""
    """The file, as `Library.path` has it; empty where none was found."""
    of: str = ""
    """Whose RPATH or RUNPATH found it, or what loaded it before."""
    by: str = ""
    """What asked for it: a library's path; empty for the interpreter."""
    opened: bool = False
    """Whether it was opened at run time, and not named by a linkage."""
    when: Moment = "import"
    optional: bool = False
    distribution: str = ""
    version: str = ""
    """Of the file: its distribution's, else the one that its file name ends with."""

    @property
    def soname(self) -> str:
        """The last part of the name that was asked for."""
        return self.name.replace("\\", "/").rpartition("/")[2]

    @property
    def is_found(self) -> bool:
        return bool(self.path)

    @property
    def is_new(self) -> bool:
        """Whether this answer brought the file into the process."""
        return bool(self.path) and self.via != "loaded"


class Branch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer of the loader with all that it brought along."""

    name: str
    via: Via
    path: str = ""
    of: str = ""
    opened: bool = False
    when: Moment = "import"
    optional: bool = False
    distribution: str = ""
    version: str = ""
    needs: tuple[Branch, ...] = ()

    def is_of(self, other: Branch) -> bool:
        """Whether both are files of one package."""
        return bool(self.path) and self.distribution != "" and self.distribution == other.distribution


class Difference(Struct, frozen=True, kw_only=True):
    """A name for which another order of imports finds another file."""

    name: str
    order: tuple[str, ...]
    """Frameworks in the order of their imports."""
    path: str
    """What that order loads."""
    version: str = ""
    alone: str
    """What the framework loads alone."""
    alone_version: str = ""
    of: str
    """The framework that gets another file than alone."""


class Loading(Struct, frozen=True, kw_only=True):
    """What one process loads that imports a framework and computes on the GPU with it."""

    framework: str
    version: str
    searched: tuple[str, ...] = ()
    """Folders of LD_LIBRARY_PATH (of PATH on Windows) that the process has, in order."""
    system: bool = True
    """Whether what lies outside the environment is known: False for an environment of another machine."""
    tree: tuple[Branch, ...] = ()
    missing: tuple[str, ...] = ()
    """Names that are found nowhere, those that a framework can do without left out."""
    differences: tuple[Difference, ...] = ()


_DEEPEST = 100
"""Real chains have a dozen links; a made one must not exhaust the stack."""


def tree_of(loaded: tuple[Loaded, ...]) -> tuple[Branch, ...]:
    """Gives the answers as a tree: each file's needs below the place where it came in first."""
    below: dict[str, list[Loaded]] = {}
    for each in loaded:
        below.setdefault(each.by, []).append(each)
    return tuple(_branch(each, below, _DEEPEST) for each in below.get("", ()))


def _branch(one: Loaded, below: dict[str, list[Loaded]], deep: int) -> Branch:
    needs = tuple(_branch(each, below, deep - 1) for each in below.get(one.path, ())) if one.is_new and deep else ()
    return Branch(
        name=one.name,
        via=one.via,
        path=one.path,
        of=one.of,
        opened=one.opened,
        when=one.when,
        optional=one.optional,
        distribution=one.distribution,
        version=one.version,
        needs=needs,
    )
