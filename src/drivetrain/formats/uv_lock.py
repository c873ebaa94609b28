"""Reads uv.lock: the project's own requirements as pins, every other package of the lock as a constraint.

Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile; the keys as uv 0.9 to 0.13 write them (version = 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.draft import Draft
from drivetrain.formats.lock_file import HASH_KINDS
from drivetrain.formats.toml_tree import Table, line_of, table_at, table_of, tables_at, texts_at
from drivetrain.formats.uv_tables import both, reference_url, retold
from drivetrain.model.request import Wish
from drivetrain.words import say

TRUE, FALSE = 'python_version >= "0"', 'python_version < "0"'
"""What a condition becomes that the choice of extras has decided."""


def gather_uv_lock(draft: Draft, text: str) -> None:
    """Adds the pins of a uv.lock to the draft."""
    tables = table_of(text, draft.name)
    if tables.get("version") != 1:
        raise FileError(
            say("{file}: version {version} of uv's lock is not known, only 1", file=draft.name, version=tables.get("version", "?")),
            say("export it: uv export --format pylock.toml -o pylock.toml"),
        )
    wanted = tables.get("requires-python")
    python = draft.wish(f"python{wanted}", draft.name) if isinstance(wanted, str) else None
    draft.wishes.extend([python] if python else [])
    packages = tables_at(tables, "package")
    own = [package for package in packages if _is_own(package)]
    direct: set[int] = set()
    for wanted_by, dependency in _direct(draft, own):
        for place, package in enumerate(packages):
            if not _is_own(package) and _meant(dependency, package):
                direct.add(place)
                marker = both(_decided(draft, str(dependency.get("marker", ""))), _forks(draft, package))
                wish = _pin(draft, text, package, marker, texts_at(dependency, "extra"))
                draft.wishes.extend([wish] if wish else [])
        if not any(_meant(dependency, package) for package in packages):
            draft.warn(draft.name, say("{name} needs {other}, which the lock does not hold", name=wanted_by, other=dependency.get("name", "?")))
    for place, package in enumerate(packages):
        if place not in direct and not _is_own(package):
            wish = _pin(draft, text, package, _forks(draft, package), [])
            (draft.constraints if own else draft.wishes).extend([wish] if wish else [])


def _is_own(package: Table) -> bool:
    """The project and the members of its workspace."""
    source = table_at(package, "source")
    return "virtual" in source or "editable" in source


def _direct(draft: Draft, own: list[Table]) -> Iterator[tuple[str, Table]]:
    for package in own:
        name = str(package.get("name", ""))
        yield from ((name, each) for each in tables_at(package, "dependencies"))
        for group in draft.groups:
            for table in ("optional-dependencies", "dev-dependencies"):
                yield from ((name, each) for each in tables_at(package, table, group))
    known = {group for package in own for table in ("optional-dependencies", "dev-dependencies") for group in table_at(package, table)}
    missing = [group for group in draft.groups if group not in known]
    if missing:
        raise UsageError(
            say("{file} has no extra or group {group}", file=draft.name, group=missing[0]),
            say("it has {names}", names=", ".join(sorted(known))) if known else say("it has none: leave [{group}] out", group=missing[0]),
        )


def _meant(dependency: Table, package: Table) -> bool:
    """A dependency names its version and source only where the lock holds several packages of that name."""
    return (
        dependency.get("name") == package.get("name")
        and dependency.get("version", package.get("version")) == package.get("version")
        and dependency.get("source", package.get("source")) == package.get("source")
    )


def _pin(draft: Draft, text: str, package: Table, marker: str, extras: list[str]) -> Wish | None:
    name, version, source = str(package.get("name", "")), package.get("version"), table_at(package, "source")
    line = line_of(text, rf'^name = "{re.escape(name)}"\nversion = "{re.escape(str(version))}"')
    origin = f"{draft.name}:{line}" if line else draft.name
    more = f"[{','.join(extras)}]" if extras else ""
    wish = draft.wish(f"{name}{more}" + (f"=={version}" if version else "") + (f" ; {marker}" if marker else ""), origin)
    if wish is None:
        return None
    url = _url(draft, source)
    if url:
        return retold(replace(wish, url=url, specifier=""))
    files = [*tables_at(package, "wheels"), table_at(package, "sdist")]
    hashes = {str(each["hash"]) for each in files if str(each.get("hash", "")).partition(":")[0] in HASH_KINDS}
    registry = str(source.get("registry", ""))
    return replace(wish, index=registry if "://" in registry else "", hashes=tuple(sorted(hashes)))


def _url(draft: Draft, source: Table) -> str:
    if "git" in source:
        # "https://host/repository?rev=main#0123abc": what was asked for, then the commit that it was.
        address, _, commit = str(source["git"]).partition("#")
        address, _, query = address.partition("?")
        folder = re.search(r"(?:^|&)subdirectory=([^&]+)", query)
        return f"git+{address}{f'@{commit}' if commit else ''}{f'#subdirectory={folder[1]}' if folder else ''}"
    path = source.get("path", source.get("directory"))
    return reference_url(draft.name, {"path": path} if path else {"url": source["url"]} if "url" in source else {}) or ""


def _forks(draft: Draft, package: Table) -> str:
    """Where the lock holds several versions of a name, each says for which environments it is."""
    markers = [_decided(draft, each) for each in texts_at(package, "resolution-markers")]
    return " or ".join(f"({each})" for each in markers)


def _decided(draft: Draft, marker: str) -> str:
    """uv writes conflicting extras and groups into markers (`extra == 'extra-7-project-cu124'`); the choice decides them."""

    def truth(found: re.Match[str]) -> str:
        chosen = any(found[3].endswith(f"-{group}") for group in draft.groups)
        return TRUE if chosen == (found[1] == "==") else FALSE

    return re.sub(r"""extra\s*(==|!=)\s*(["'])((?:extra|group)-\d+-[^"']*)\2""", truth, marker)
