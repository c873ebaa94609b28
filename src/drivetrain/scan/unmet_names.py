"""Finds names that libraries take of a framework or of CUDA's libraries, and that none of those here gives: what the loader would call an undefined symbol.

A library is asked for exactly the wanted names, through its hash table. Whatever could give a name counts, wherever it lies in the environment: a library
that the loader would not take is another rule's matter, and a false alarm would be worse than a missed one.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from drivetrain.binaries.symbols import exports_of, imports_of
from drivetrain.model.binary import Symbol
from drivetrain.model.library import Library, Unmet
from drivetrain.scan.name_givers import giver_of_library, giver_of_symbol, other_spelling

_SHOWN = 20


class _Asked(Struct):
    """What is known of one library's names."""

    given: set[str]
    absent: set[str]


class _Shelf:
    """The libraries of an environment by the names that others need them by."""

    def __init__(self, site: str, libraries: Iterable[Library]) -> None:
        self._site = site
        self.files = [each for each in libraries if not each.link]
        self._named: dict[str, list[Library]] = defaultdict(list)
        self._folders: dict[str, list[Library]] = defaultdict(list)
        self._givers: dict[str, list[Library]] = defaultdict(list)
        real = {each.path: each for each in self.files}
        for each in libraries:
            file = real.get(each.link or each.path)
            if file is None:
                continue
            # What auditwheel put beside an extension under a name of its own is found by that name alone, whatever soname it kept.
            soname = "" if os.path.dirname(each.path).endswith(".libs") else each.linkage.soname or ""  # noqa: PTH120 (a path of the environment's own system)
            for name in {each.name.lower(), soname.lower()} - {""}:
                self._named[name].append(file)
            self._folders[os.path.dirname(file.path)].append(file)  # noqa: PTH120 (as above)
            if giver := giver_of_library(file.name):
                self._givers[giver].append(file)
        self._asked: dict[str, _Asked] = {}

    def place(self, library: Library) -> Path:
        """Gives where a library lies on this machine."""
        return Path(os.path.normpath(f"{self._site}/{library.path}"))

    def needed(self, library: Library) -> list[Library]:
        """Gives what the library needs of what is here, and what that needs in turn, in the order of the loader's search."""
        found = {library.path: library}
        row = [library]
        for each in row:
            for name in (*each.linkage.needed, *each.linkage.delayed):
                for one in self._named.get(name.rpartition("/")[2].lower(), ()):
                    if one.path not in found:
                        found[one.path] = one
                        row.append(one)
        return row[1:]

    def around(self, libraries: Iterable[Library]) -> list[Library]:
        """Gives what else could be in the process: what lies beside these libraries, and all that belongs to the same giver."""
        given = {giver_of_library(each.name) for each in libraries} - {""}
        folders = {os.path.dirname(each.path) for each in libraries}  # noqa: PTH120 (as above)
        return [one for folder in sorted(folders) for one in self._folders[folder]] + [one for giver in sorted(given) for one in self._givers[giver]]

    def given(self, library: Library, names: set[str]) -> set[str]:
        """Gives those of the names that a library exports; all of them of one that cannot be read, for then nobody knows."""
        asked = self._asked.setdefault(library.path, _Asked(set(), set()))
        new = names - asked.given - asked.absent
        if new:
            try:
                found = set(exports_of(self.place(library), new))
            except (OSError, ValueError):
                found = new
            asked.given |= found
            asked.absent |= new - found
        return names & asked.given


def unmet_in(site: str, libraries: Iterable[Library]) -> tuple[Unmet, ...]:
    """Gives what the libraries of an environment take and nobody gives; a library that cannot be read is left out."""
    shelf = _Shelf(site, libraries)
    return tuple(one for library in shelf.files if _takes(library) for one in _unmet(shelf, library))


def _takes(library: Library) -> bool:
    linkage = library.linkage
    return linkage.format in ("elf", "pe") and not linkage.faults and any(giver_of_library(each.rpartition("/")[2]) for each in linkage.needed)


def _unmet(shelf: _Shelf, library: Library) -> list[Unmet]:
    needed = shelf.needed(library)
    here = {giver for each in needed if (giver := giver_of_library(each.name))}
    if not here:
        return []
    try:
        taken = imports_of(shelf.place(library))
    except (OSError, ValueError):
        return []
    wanted = {each.name: giver for each in taken if not each.weak and (giver := _giver(each, library)) in here}
    left = set(wanted)
    for each in needed:
        left -= shelf.given(each, left) if left else set()
    for each in shelf.around([library, *needed]) if left else ():
        left -= shelf.given(each, left) if left else set()
    found = []
    for giver in sorted({wanted[name] for name in left}):
        asked = [each for each in needed if giver_of_library(each.name) == giver]
        found.append(_lacking(shelf, library, asked, [name for name in left if wanted[name] == giver]))
    return found


def _lacking(shelf: _Shelf, library: Library, asked: list[Library], names: list[str]) -> Unmet:
    """Names that the giver spells by the other ABI come first: they say why."""
    spelled = {name: spelling for name in names if (spelling := other_spelling(name))}
    there = {name for each in asked for name in shelf.given(each, set(spelled.values()))}
    names = sorted(names, key=lambda name: (spelled.get(name) not in there, name))
    return Unmet(
        path=library.path,
        giver=giver_of_library(asked[0].name),
        symbols=tuple(names[:_SHOWN]),
        count=len(names),
        asked=tuple(each.path for each in asked),
        instead=spelled[names[0]] if spelled.get(names[0]) in there else "",
    )


def _giver(symbol: Symbol, library: Library) -> str:
    """On Windows each name is bound to one DLL, so that tells."""
    return giver_of_library(symbol.library) if library.linkage.format == "pe" else giver_of_symbol(symbol.name)
