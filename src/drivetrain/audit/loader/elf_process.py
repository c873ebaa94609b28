"""One process under glibc's loader, as dl-load.c and dl-deps.c of glibc 2.36 search and reuse: names in, files out.

Sources: ld.so(8), dlopen(3); https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c;hb=glibc-2.36 (`_dl_map_object`).
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath
from typing import NamedTuple

from drivetrain.audit.loader.shelf import Shelf
from drivetrain.model.library import Library
from drivetrain.model.loading import Loaded, Via
from drivetrain.model.opening import Moment

_DYNAMIC_LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux.so.2")


class _Object:
    """A file that is loaded."""

    __slots__ = ("distribution", "library", "loader", "path", "searched", "shown", "soname", "version")

    def __init__(self, path: str, library: Library, loader: _Object | None, shelf: Shelf) -> None:
        self.path = path
        self.library = library
        self.loader = loader
        self.searched: tuple[str, ...] = ()
        self.soname = library.linkage.soname
        # Said once for all answers that name the file: a process of a large environment has a thousand.
        self.shown = shelf.shown(path)
        self.distribution, self.version = shelf.told(self.shown)


class _Asked(NamedTuple):
    """What somebody asks for, whatever the name."""

    by: str
    opened: bool
    when: Moment
    optional: bool


class ElfProcess:
    """The files that a process has loaded so far, and the loader's answers in order."""

    def __init__(self, shelf: Shelf) -> None:
        self.answers: list[Loaded] = []
        self.searched = tuple(each.path for each in shelf.system.folders if each.why == "LD_LIBRARY_PATH") if shelf.system else ()
        self._shelf = shelf
        self._default = tuple(each.path for each in shelf.system.folders if each.why == "default") if shelf.system else ()
        self._named: dict[str, _Object] = {}
        self._files: dict[str, _Object] = {}
        self._main: _Object | None = None
        self._arch = ""
        if shelf.system is not None:
            self._start(shelf.system.program)

    def open(self, name: str, opener: str = "", *, when: Moment = "import", optional: bool = False) -> bool:
        """Opens a library by absolute path, or by a name that is sought as the opener's search path says; tells whether it and all that it needs was found.

        A path is opened for nobody (glibc looks its caller up for a name alone), so that no RPATH but its own and the program's holds below it.
        """
        caller = self._files.get(opener) if opener and "/" not in name else None
        before, named, files = len(self.answers), len(self._named), len(self._files)
        found = self._map(name, caller, _Asked(self._shelf.shown(opener), True, when, optional))
        if found is not None and self.answers[-1].is_new:
            self._needs_of([found], when=when, optional=optional)
        whole = not any(each.via == "nowhere" for each in self.answers[before:])
        if not whole:
            # An opening that fails leaves nothing loaded, what came last goes; its answers stay, since they say why.
            for known, count in ((self._named, named), (self._files, files)):
                while len(known) > count:
                    known.popitem()
        return whole

    def forget(self, count: int) -> None:
        """Takes back the answers after the first so many: of an opening that failed and is tried again."""
        del self.answers[count:]

    def search_also(self, folders: tuple[str, ...]) -> None:
        """Nothing: only Windows lets a process add folders."""

    def loaded(self) -> tuple[tuple[str, str], ...]:
        """Gives the path and the name of every file that is loaded."""
        return tuple((one.path, one.soname or one.path.rpartition("/")[2]) for one in dict.fromkeys(self._files.values()))

    def _start(self, program: str) -> None:
        """The program and its needs are there before anything is imported."""
        if program and (library := self._shelf.at(program)) is not None:
            main = _Object(normpath(program), library, None, self._shelf)
            main.searched = self._path_of(program, library)
            self._main = self._add(main)
            self.answers.append(Loaded(name=program, via="file", path=library.path))
        for name in _DYNAMIC_LOADERS:
            found = self._cached(name) or self._in(self._default, name)
            if found and (library := self._shelf.at(found)) is not None:
                self._named[name] = self._add(_Object(found, library, None, self._shelf))
                break
        if self._main is not None:
            self._needs_of([self._main], when="import", optional=False)

    def _needs_of(self, queue: list[_Object], *, when: Moment, optional: bool) -> None:
        """Breadth first, as glibc does it: an earlier sibling's needs come after those of the whole row above."""
        for one in queue:
            asked = _Asked(one.shown, False, when, optional)
            for name in one.library.linkage.needed:
                found = self._map(name, one, asked)
                if found is not None and self.answers[-1].is_new:
                    queue.append(found)

    def _map(self, asked_for: str, loader: _Object | None, asked: _Asked) -> _Object | None:
        """Gives what is loaded for a name, and keeps the answer."""
        name = self._expanded(asked_for, loader)
        if (known := self._named.get(normpath(name) if "/" in name else name)) is not None:
            return self._reused(asked_for, known, asked)
        path, via, of = self._sought(name, loader)
        library = self._shelf.at(path) if path else None
        if library is None:
            self._answer(asked_for, asked, None, "unknown" if self._shelf.system is None else "nowhere", "")
            return None
        file = self._shelf.file_of(library)
        real = self._shelf.absolute(file.path)
        if (same := self._files.get(real)) is not None:
            self._named.setdefault(name, same)
            return self._reused(asked_for, same, asked)
        one = _Object(path, file, loader, self._shelf)
        one.searched = self._path_of(path, file)
        self._add(one, real)
        self._named.setdefault(normpath(name) if "/" in name else name, one)
        self._answer(asked_for, asked, one, via, of)
        return one

    def _add(self, one: _Object, real: str = "") -> _Object:
        self._named.setdefault(one.path, one)
        if one.soname:
            self._named.setdefault(one.soname, one)
        self._files.setdefault(one.path, one)
        if real:
            self._files.setdefault(real, one)
        self._arch = self._arch or one.library.linkage.arch
        return one

    def _sought(self, name: str, loader: _Object | None) -> tuple[str, Via, str]:
        """The search of `_dl_map_object`, in its order."""
        if "/" in name:
            return (normpath(name), "file", "") if self._fits(normpath(name)) else ("", "nowhere", "")
        for kind, of, folders in self._search(loader):
            if found := self._in(folders, name):
                return found, kind, of
        if found := self._cached(name):
            return found, "cache", ""
        found = self._in(self._default, name)
        return (found, "default", "") if found else ("", "nowhere", "")

    def _search(self, loader: _Object | None) -> Iterator[tuple[Via, str, tuple[str, ...]]]:
        if loader is None or loader.library.linkage.search_kind != "runpath":
            one, seen_main = loader, False
            while one is not None:
                if one.library.linkage.search_kind == "rpath":
                    yield "rpath", one.shown, one.searched
                seen_main = seen_main or one is self._main
                one = one.loader
            if self._main is not None and not seen_main and self._main.library.linkage.search_kind == "rpath":
                yield "rpath", self._main.shown, self._main.searched
        yield "LD_LIBRARY_PATH", "", self.searched
        if loader is not None and loader.library.linkage.search_kind == "runpath":
            yield "runpath", loader.shown, loader.searched

    def _in(self, folders: tuple[str, ...], name: str) -> str:
        for folder in folders:
            for level in self._shelf.system.levels if self._shelf.has_levels and self._shelf.system else ():
                if self._fits(path := f"{folder}/glibc-hwcaps/{level}/{name}"):
                    return path
            if self._fits(path := f"{folder}/{name}"):
                return path
        return ""

    def _cached(self, name: str) -> str:
        path = self._shelf.system.cached.get(name, "") if self._shelf.system else ""
        return path if path and self._fits(path) else ""

    def _fits(self, path: str) -> bool:
        """A file of another architecture is passed over, and the search goes on."""
        library = self._shelf.at(path)
        if library is None:
            return False
        arch = self._shelf.file_of(library).linkage.arch
        return not self._arch or arch in (self._arch, "")

    def _path_of(self, path: str, library: Library) -> tuple[str, ...]:
        # Every process of an audit asks about the same hundreds of libraries.
        key = (path, self._arch)
        if (known := self._shelf.searched.get(key)) is None:
            origin = dirname(path)
            spelled = (self._expanded(each, None, origin) for each in library.linkage.search_path)
            known = self._shelf.searched[key] = tuple(dict.fromkeys(normpath(each) for each in spelled if each))
        return known

    def _expanded(self, text: str, loader: _Object | None, origin: str = "") -> str:
        """Dynamic string tokens, ld.so(8)."""
        if "$" not in text:
            return text
        origin = origin or (dirname(loader.path) if loader else "")
        for token, value in (("ORIGIN", origin), ("LIB", self._shelf.lib), ("PLATFORM", self._arch)):
            text = text.replace("${" + token + "}", value).replace(f"${token}", value)
        return text

    def _reused(self, name: str, one: _Object, asked: _Asked) -> _Object:
        self._answer(name, asked, one, "loaded", one.loader.shown if one.loader else "")
        return one

    def _answer(self, name: str, asked: _Asked, one: _Object | None, via: Via, of: str) -> None:
        self.answers.append(
            Loaded(
                name=name, via=via, path=one.shown if one else "", of=of, by=asked.by, opened=asked.opened, when=asked.when,
                optional=asked.optional, distribution=one.distribution if one else "", version=one.version if one else "",
            )
        )  # fmt: skip
