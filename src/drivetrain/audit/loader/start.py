"""Simulates how a framework starts: what it opens itself, in its order, and what comes along."""

from __future__ import annotations

from posixpath import dirname
from typing import Protocol

from packaging.version import InvalidVersion, Version

from drivetrain.audit.loader.shelf import Shelf
from drivetrain.model.build import Framework
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.model.loading import Loaded
from drivetrain.model.opening import LibraryOpening, Moment, Opening

_MOST_ROUNDS = 4
"""A library that is opened may open others: cuDNN opens its parts, and these open the CUDA runtime compiler and its builtins."""


class Process(Protocol):
    """What loads libraries, on Linux or on Windows."""

    answers: list[Loaded]

    def open(self, name: str, opener: str = "", *, when: Moment = "import", optional: bool = False) -> bool: ...

    def forget(self, count: int) -> None: ...

    def search_also(self, folders: tuple[str, ...]) -> None: ...

    def loaded(self) -> tuple[tuple[str, str], ...]: ...


def owner_of(framework: Framework, shelf: Shelf) -> Installed | None:
    """Gives the distribution that a framework is installed as."""
    names = (framework.distribution, *framework.names, *framework.kept_names, *(name for name, _ in framework.parts))
    return next((one for name in names if (one := shelf.environment.distribution(name)) is not None), None)


def start(framework: Framework, facts: BuildFacts | None, shelf: Shelf, process: Process) -> None:
    """Does what the framework does when it is imported and uses a GPU."""
    of = owner_of(framework, shelf)
    done: list[Opening] = []
    failed: tuple[Opening, int] | None = None
    for each in framework.openings:
        if of is None or not _is_done(each, of, facts, shelf):
            continue
        if each.after_failure:
            if failed is not None:
                process.forget(failed[1])
                _open(each, facts, shelf, process)
                _open(failed[0], facts, shelf, process)
            continue
        before = len(process.answers)
        failed = None if _open(each, facts, shelf, process) else (each, before)
        done.append(each)


def use(openings: tuple[LibraryOpening, ...], shelf: Shelf, process: Process) -> None:
    """Does what the libraries that are loaded do when they are used: each opens its own parts by name."""
    seen: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        fresh = [(path, name) for path, name in process.loaded() if path not in seen]
        for path, name in fresh:
            seen.add(path)
            for each in openings:
                if _matches(each.library, name):
                    for soname in each.sonames:
                        process.open(_numbered(soname, path, shelf), path, when="gpu", optional=each.optional)
        if not fresh:
            return


def _is_done(opening: Opening, framework: Installed, facts: BuildFacts | None, shelf: Shelf) -> bool:
    environment = shelf.environment
    one = environment.distribution(opening.of) if opening.of else framework
    if one is None or opening.os != environment.platform:
        return False
    if opening.cuda_build and not (facts and facts.is_cuda_build):
        return False
    if opening.family is not None and (facts is None or (facts.cuda or "").partition(".")[0] != str(opening.family)):
        return False
    try:
        version = Version(one.version)
        return (not opening.since or version >= Version(opening.since)) and (not opening.before or version < Version(opening.before))
    except InvalidVersion:
        return not opening.since and not opening.before


def _open(opening: Opening, facts: BuildFacts | None, shelf: Shelf, process: Process) -> bool:
    """Gives whether everything was found."""
    if opening.only_with and not any(opening.only_with in path for path, _ in process.loaded()):
        return True
    process.search_also(tuple(shelf.absolute(each) for each in opening.adds))
    whole = True
    for path in _paths(opening, facts, shelf):
        whole = process.open(path, when=opening.when, optional=opening.optional) and whole
    opener = next((path for each in opening.opener for path in shelf.matching(each)), "")
    if opening.opener and not opener:
        return whole
    for name in opening.sonames:
        if (filled := _filled(name, facts)) is not None:
            whole = process.open(filled, opener, when=opening.when, optional=opening.optional) and whole
    return whole


def _paths(opening: Opening, facts: BuildFacts | None, shelf: Shelf) -> list[str]:
    found = [path for site in shelf.sites for each in opening.files for path in shelf.matching(f"{site}/{each}")]
    for folder, pattern in opening.sought:
        places = (place.replace("{folder}", folder) for place in opening.folders)
        filled = [place for each in places if (place := _filled(each, facts)) is not None]
        lying = next((path for site in shelf.sites for place in filled for path in shelf.matching(f"{site}/{place}/{pattern}")[:1]), None)
        if lying is None and opening.stops:
            break
        found += [lying] if lying else []
    return found


def _filled(text: str, facts: BuildFacts | None) -> str | None:
    """Fills in what the build states; None where it does not state it."""
    if "{" not in text:
        return text
    cuda, cudnn = (facts.cuda or "", facts.cudnn or "") if facts else ("", "")
    values = {"{cuda}": cuda.partition(".")[0], "{cuda_minor}": ".".join(cuda.split(".")[:2]) if "." in cuda else "", "{cudnn}": cudnn.partition(".")[0]}
    for mark, value in values.items():
        if mark in text and not value:
            return None
        text = text.replace(mark, value)
    return text


def _matches(pattern: str, name: str) -> bool:
    head, star, tail = pattern.partition("*")
    return name == pattern if not star else name.startswith(head) and name.endswith(tail)


def _numbered(soname: str, path: str, shelf: Shelf) -> str:
    """A library that opens a part by its own exact version finds no other."""
    if "*" not in soname:
        return soname
    beside = shelf.matching(f"{dirname(path)}/{soname}")
    return beside[0].rpartition("/")[2] if beside else soname
