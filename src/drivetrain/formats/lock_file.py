"""Reads a pylock.toml as pins.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/ (PEP 751). Where the lock says what depends on what, only what nothing
depends on is asked for and the rest are constraints; where it does not, every package is asked for.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from drivetrain.errors import FileError
from drivetrain.formats.draft import Draft, beside
from drivetrain.formats.lock_pythons import python_bound
from drivetrain.formats.toml_tree import Table, line_of, origin_of, table_at, table_of, tables_at, texts_at
from drivetrain.formats.uv_tables import retold
from drivetrain.model.request import Wish
from drivetrain.words import say

HASH_KINDS = ("sha256", "sha384", "sha512")
"""What pip and uv verify."""


def gather_pylock(draft: Draft, text: str) -> None:
    """Adds the pins of a pylock.toml to the draft."""
    tables = table_of(text, draft.name)
    version = str(tables.get("lock-version", ""))
    if version.partition(".")[0] != "1":
        raise FileError(
            say("{file}: lock-version {version} is not 1.x", file=draft.name, version=version or "?"),
            say("write the lock again with a tool that writes PEP 751 locks of version 1"),
        )
    wanted = tables.get("requires-python")
    python = draft.wish(f"python{wanted}", origin_of(text, draft.name, wanted)) if isinstance(wanted, str) else None
    draft.wishes.extend([python] if python else [])
    for group in draft.groups:
        if group not in (*texts_at(tables, "extras"), *texts_at(tables, "dependency-groups")):
            draft.warn(draft.name, say("the lock has no extra or group {group}", group=group))
    packages = tables_at(tables, "packages")
    needed = {str(each.get("name")) for package in packages for each in tables_at(package, "dependencies")}
    bound = python_bound(_wheels(package) for package in packages if not package.get("marker"))
    fitting = draft.wish(f"python{bound}", draft.name) if bound else None
    draft.constraints.extend([fitting] if fitting else [])
    for package in packages:
        wish = _pin(draft, text, package)
        if wish is not None:
            (draft.constraints if package.get("name") in needed else draft.wishes).append(wish)


def _pin(draft: Draft, text: str, package: Table) -> Wish | None:
    name = str(package.get("name", ""))
    version = package.get("version")
    name_line = rf"""^\s*name\s*=\s*["']{re.escape(name)}["']\s*$"""
    exact = line_of(text, rf"""{name_line[:-1]}\n\s*version\s*=\s*["']{re.escape(str(version))}["']""") if version else None
    line = exact or line_of(text, name_line)
    origin = f"{draft.name}:{line}" if line else draft.name
    marker = str(package.get("marker", ""))
    wish = draft.wish(f"{name}=={version}" if version else name, origin)
    if wish is None:
        return None
    if marker and not _plain(marker):
        draft.warn(origin, say("{name} belongs to an extra or group of the lock; it is taken whatever was chosen", name=wish.name))
    elif marker:
        checked = draft.wish(f"{name} ; {marker}", origin)
        wish = replace(wish, marker=checked.marker) if checked else wish
    url, editable = _reference(draft, package)
    if url:
        wish = replace(wish, specifier="", url=url, editable=editable)
    return retold(replace(wish, index=str(package.get("index", "")), hashes=tuple(sorted(_hashes(package)))))


def _wheels(package: Table) -> tuple[str, ...]:
    """The file names of a package's wheels."""
    return tuple(
        str(each.get("name") or each.get("url") or each.get("path") or "").replace("\\", "/").rpartition("/")[2] for each in tables_at(package, "wheels")
    )


def _plain(marker: str) -> bool:
    """A lock's markers may ask `"gpu" in extras`, which no requirement can."""
    return " in extras" not in marker and " in dependency_groups" not in marker


def _reference(draft: Draft, package: Table) -> tuple[str, bool]:
    vcs, directory, archive = table_at(package, "vcs"), table_at(package, "directory"), table_at(package, "archive")
    folder = next((f"#subdirectory={each['subdirectory']}" for each in (vcs, directory, archive) if each.get("subdirectory")), "")
    if vcs:
        address = str(vcs.get("url") or vcs.get("path", ""))
        revision = vcs.get("commit-id") or vcs.get("requested-revision")
        kind = str(vcs.get("type", "git"))
        return f"{'' if address.startswith(f'{kind}+') else f'{kind}+'}{address}{f'@{revision}' if revision else ''}{folder}", False
    if directory:
        return _local(draft, str(directory.get("path", "."))), directory.get("editable") is True
    if archive:
        return f"{archive['url']}{folder}" if archive.get("url") else _local(draft, str(archive.get("path", ""))), False
    return "", False


def _local(draft: Draft, path: str) -> str:
    place = beside(draft.name, path)
    return place if place.startswith(("/", ".", "~")) or ":" in place else f"./{place}"


def _hashes(package: Table) -> set[str]:
    files: list[dict[str, Any]] = [*tables_at(package, "wheels"), table_at(package, "sdist"), table_at(package, "archive")]
    return {f"{kind}:{value}" for file in files for kind, value in table_at(file, "hashes").items() if kind in HASH_KINDS}
