"""Reads and writes locks.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/ (PEP 751).
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from drivetrain.errors import FileError
from drivetrain.formats.toml_tree import Table, table_of
from drivetrain.install.toml_text import dumped
from drivetrain.model.lock import Artifact, Lock
from drivetrain.words import say, why

FILES = ("wheels", "sdist", "archive", "directory")
"""Keys of a package that name files."""


def read_lock(path: Path) -> Lock:
    """Reads a lock; raises FileError with the place of the fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error)
        raise FileError(say("the lock {path} cannot be read: {reason}", path=path, reason=reason)) from error
    return replace(lock_of(text, str(path)), path=str(path))


def lock_of(text: str, name: str) -> Lock:
    """Gives the lock that a text is."""
    table = table_of(text, name)
    version = table.get("lock-version")
    if not isinstance(version, str) or version.split(".")[0] != "1":
        raise _damaged(name, say("lock-version: expected 1.0, got {got}", got=version))
    packages = table.get("packages", [])
    _expect(packages, list, "packages", name)
    artifacts = tuple(each for number, package in enumerate(packages) if (each := _artifact(package, f"packages[{number}]", name)))
    found = re.search(r"\d+\.\d+", str(table.get("requires-python", "")))
    return Lock(path="", text=text, python=found[0] if found else "", artifacts=artifacts)


def write_lock(lock: Lock, path: Path) -> Lock:
    """Writes the lock; wheels below its folder are named relative to it, so that folder and lock can move together."""
    path = path.absolute()
    table = table_of(absolute(lock), lock.path or "lock")
    for _, entry in _entries(table):
        local = local_path(entry)
        if local is not None and local.is_relative_to(path.parent):
            entry.pop("url", None)
            entry["path"] = local.relative_to(path.parent).as_posix()
    text = dumped(table)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise FileError(say("the lock {path} cannot be written: {reason}", path=path, reason=why(error))) from error
    return replace(lock, path=str(path), text=text)


def absolute(lock: Lock) -> str:
    """Gives the lock's text with every path absolute, so that it can be installed from any folder."""
    if not lock.path or "path" not in lock.text:
        return lock.text
    table = table_of(lock.text, lock.path)
    folder = Path(lock.path).absolute().parent
    for _, entry in _entries(table):
        if isinstance(entry.get("path"), str):
            entry["path"] = os.path.normpath(folder / entry["path"])
    return dumped(table)


def local_files(lock: Lock) -> tuple[str, ...]:
    """Gives the files and folders of this machine that the lock needs: with any, it cannot be installed elsewhere unless they come along."""
    return tuple(str(path) for _, entry in _entries(table_of(absolute(lock), lock.path or "lock")) if (path := local_path(entry)))


def local_path(entry: Table) -> Path | None:
    """Gives where a lock's file lies on this machine; None for one on an index."""
    if isinstance(entry.get("path"), str):
        return Path(entry["path"])
    url = str(entry.get("url", ""))
    from urllib.request import url2pathname  # It brings a client for HTTP along: 18 ms of every audit.

    return Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None


def file_name(entry: Table) -> str:
    """Gives the name of a lock's file."""
    return str(entry.get("name") or unquote(re.split(r"[?#]", str(entry.get("path") or entry.get("url") or ""))[0]).replace("\\", "/").rsplit("/", 1)[-1])


def _entries(table: Table) -> Iterator[tuple[Table, Table]]:
    for package in table.get("packages", []):
        for key in FILES:
            found = package.get(key)
            for entry in found if isinstance(found, list) else [found] if found else []:
                yield package, entry


def _artifact(package: Any, place: str, name: str) -> Artifact | None:
    _expect(package, dict, place, name)
    _expect(package.get("name"), str, f"{place}.name", name)
    wheels = package.get("wheels", [])
    _expect(wheels, list, f"{place}.wheels", name)
    if "archive" in package:
        entries = [(package["archive"], f"{place}.archive")]
    elif "sdist" in package and not wheels:
        entries = [(package["sdist"], f"{place}.sdist")]
    else:
        entries = [(wheel, f"{place}.wheels[{number}]") for number, wheel in enumerate(wheels)]
    for entry, where in entries:
        _expect(entry, dict, where, name)
        _expect(entry.get("url", entry.get("path")), str, f"{where}.url", name)
        _expect(entry.get("hashes"), dict, f"{where}.hashes", name)
    if not entries:
        return None
    # A lock for many targets lists many wheels: the largest bounds what one target needs.
    entry, where = max(entries, key=lambda each: each[0].get("size") or 0)
    _expect(entry.get("size", 0), int, f"{where}.size", name)
    file = file_name(entry)
    version = str(package.get("version") or "".join(file.split("-")[1:2]))
    return Artifact(name=package["name"], version=version, file=file, bytes=entry.get("size"), sha256=str(entry["hashes"].get("sha256", "")))


def _expect(value: Any, kind: type, place: str, name: str) -> None:
    if not isinstance(value, kind):
        kinds = {dict: "table", list: "array", str: "string", int: "integer"}
        got = "nothing" if value is None else kinds.get(type(value), type(value).__name__)
        raise _damaged(name, say("{place}: expected {kind}, got {got}", place=place, kind=kinds[kind], got=got))


def _damaged(name: str, fault: str) -> FileError:
    return FileError(
        say("{name} is not a lock: {fault}", name=name, fault=fault), say("make it anew: drivetrain up writes one into the environment, drivetrain/pylock.toml")
    )
