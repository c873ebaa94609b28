"""One process under Windows' loader, as Python 3.8 and newer and the frameworks call it: the DLL's own folder, folders added, the system's; PATH not at all.

Sources: https://learn.microsoft.com/en-us/windows/win32/dlls/dynamic-link-library-search-order,
https://docs.python.org/3/library/os.html#os.add_dll_directory (extension modules no longer look at PATH).
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from drivetrain.audit.loader.shelf import Shelf
from drivetrain.model.loading import Loaded, Via
from drivetrain.model.opening import Moment

_OF_SYSTEM = ("api-ms-", "ext-ms-", "kernel", "ntdll", "user32", "advapi32", "ucrtbase", "python3")
"""What is there in every process: Windows' own, and the interpreter."""


class DllProcess:
    """The DLLs that a process has loaded so far, and the loader's answers in order."""

    def __init__(self, shelf: Shelf) -> None:
        self.answers: list[Loaded] = []
        folders = shelf.system.folders if shelf.system else ()
        self.searched = tuple(each.path for each in folders if each.why == "PATH")
        self._shelf = shelf
        self._system = tuple(each for each in folders if each.why in ("application", "System32"))
        self._added: tuple[str, ...] = ()
        self._loaded: dict[str, str] = {}

    def open(self, name: str, opener: str = "", *, when: Moment = "import", optional: bool = False) -> bool:
        """Opens a DLL by path with the search that frameworks ask for, or by a name alone, for which Windows looks along PATH as well."""
        before = len(self.answers)
        asked = Loaded(name=name, via="nowhere", by=self._shown(opener), opened=True, when=when, optional=optional)
        folders: list[tuple[Via, str]] = [] if "/" in name else [*self._folders(""), *(("PATH", each) for each in self.searched)]
        queue = [path for path in (self._map(asked, tuple(folders)),) if path]
        start = dirname(name) if "/" in name else ""
        for path in queue:
            library = self._shelf.at(path)
            for need in library.linkage.needed if library else ():
                wanted = Loaded(name=need, via="nowhere", by=self._shown(path), when=when, optional=optional)
                queue += [found for found in (self._map(wanted, tuple(self._folders(start))),) if found]
        return not any(each.via == "nowhere" for each in self.answers[before:])

    def forget(self, count: int) -> None:
        del self.answers[count:]

    def search_also(self, folders: tuple[str, ...]) -> None:
        """As `os.add_dll_directory` does."""
        self._added = tuple(dict.fromkeys((*self._added, *folders)))

    def loaded(self) -> tuple[tuple[str, str], ...]:
        return tuple((path, name) for name, path in self._loaded.items())

    def _folders(self, start: str) -> Iterator[tuple[Via, str]]:
        """Windows promises no order among the folders that were added."""
        for each in (start, *self._added):
            if each:
                yield "folder", each

    def _map(self, asked: Loaded, folders: tuple[tuple[Via, str], ...]) -> str:
        """Gives the path of what this answer brought in; empty where nothing new came."""
        name = asked.soname.lower()
        if name in self._loaded:
            self._answer(asked, self._loaded[name], "loaded")
            return ""
        found = self._sought(asked.name, folders)
        if found is None:
            self._answer(asked, "", "unknown" if self._is_of_system(name) else "nowhere")
            return ""
        via, path = found
        self._loaded[name] = path
        self._answer(asked, path, via)
        return path

    def _sought(self, name: str, folders: tuple[tuple[Via, str], ...]) -> tuple[Via, str] | None:
        if "/" in name:
            return ("file", name) if self._shelf.at(name) else None
        return next(((via, f"{folder}/{name}") for via, folder in folders if self._shelf.at(f"{folder}/{name}")), None)

    def _is_of_system(self, name: str) -> bool:
        """Without the machine's own folders nothing that the environment lacks can be called missing."""
        if not self._system or name.startswith(_OF_SYSTEM):
            return True
        return any(name == each.lower() for folder in self._system for each in folder.names)

    def _answer(self, asked: Loaded, path: str, via: Via) -> None:
        library = self._shelf.at(path) if path else None
        owner = self._shelf.owner(library) if library else None
        self.answers.append(
            Loaded(
                name=asked.name, via=via, path=library.path if library else "", by=asked.by, opened=asked.opened, when=asked.when,
                optional=asked.optional, distribution=owner.name if owner else "", version=self._shelf.version(library) if library else "",
            )
        )  # fmt: skip

    def _shown(self, path: str) -> str:
        library = self._shelf.at(path) if path else None
        return library.path if library else path
