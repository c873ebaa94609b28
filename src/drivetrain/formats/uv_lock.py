"""Reads uv.lock: the project's own requirements as pins, every other package of the lock as a constraint.

Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile; the keys as uv 0.9 to 0.13 write them (version = 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.draft import Draft
from drivetrain.formats.lock_file import HASH_KINDS
from drivetrain.formats.toml_tree import Table, line_of, origin_of, table_at, table_of, tables_at, texts_at
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
    python = draft.wish(f"python{wanted}", origin_of(text, draft.name, wanted)) if isinstance(wanted, str) else None
    draft.wishes.extend([python] if python else [])
    packages = tables_at(tables, "package")
    own = [package for package in packages if _is_own(package)]
    if not own:
        draft.wishes.extend(_pins(draft, text, packages))
        return
    asked = [dependency for dependency in _direct(draft, own) if _decided(draft, str(dependency.get("marker", ""))) != FALSE]
    direct: list[Table] = []
    for dependency in asked:
        meant = [package for package in packages if _meant(dependency, package)]
        if not meant:
            draft.warn(draft.name, say("the project needs {name}, which the lock does not hold", name=dependency.get("name", "?")))
        for package in meant:
            if not _is_own(package):
                direct.append(package)
                marker = both(_decided(draft, str(dependency.get("marker", ""))), _forks(draft, package))
                wish = _pin(draft, text, package, marker, texts_at(dependency, "extra"))
                draft.wishes.extend([wish] if wish else [])
    beyond = [package for package in _reached(draft, packages, asked) if not any(package is each for each in direct)]
    draft.constraints.extend(_pins(draft, text, beyond))


def _pins(draft: Draft, text: str, packages: list[Table]) -> Iterator[Wish]:
    """A name that the lock holds twice without saying for which environments binds nothing: conflicting extras of the project are the reason."""
    versions = Counter((str(package.get("name")), _forks(draft, package)) for package in packages)
    for package in packages:
        marker = _forks(draft, package)
        wish = _pin(draft, text, package, marker, []) if versions[str(package.get("name")), marker] == 1 else None
        if wish:
            yield wish


def _reached(draft: Draft, packages: list[Table], asked: list[Table]) -> list[Table]:
    """The packages that what is asked for brings along, each once, in the lock's order."""
    named: dict[str, list[tuple[int, Table]]] = {}
    for place, package in enumerate(packages):
        named.setdefault(str(package.get("name")), []).append((place, package))
    seen: set[tuple[int, str]] = set()
    waiting = list(asked)
    while waiting:
        dependency = waiting.pop()
        if _decided(draft, str(dependency.get("marker", ""))) == FALSE:
            continue
        for place, package in named.get(str(dependency.get("name")), []):
            for extra in ("", *texts_at(dependency, "extra")) if _meant(dependency, package) else ():
                if (place, extra) not in seen and not _is_own(package):
                    seen.add((place, extra))
                    waiting += tables_at(package, "optional-dependencies", extra) if extra else tables_at(package, "dependencies")
    return [packages[place] for place in sorted({place for place, _ in seen})]


def _is_own(package: Table) -> bool:
    """The project and the members of its workspace."""
    source = table_at(package, "source")
    return "virtual" in source or "editable" in source


def _direct(draft: Draft, own: list[Table]) -> list[Table]:
    """What the project requires itself, the extras and groups asked for included."""
    found: list[Table] = []
    for package in own:
        found += tables_at(package, "dependencies")
        for group in draft.groups:
            found += [*tables_at(package, "optional-dependencies", group), *tables_at(package, "dev-dependencies", group)]
    known = {group for package in own for table in ("optional-dependencies", "dev-dependencies") for group in table_at(package, table)}
    missing = [group for group in draft.groups if group not in known]
    if missing:
        raise UsageError(
            say("{file} has no extra or group {group}", file=draft.name, group=missing[0]),
            say("it has {names}", names=", ".join(sorted(known))) if known else say("it has none: leave [{group}] out", group=missing[0]),
        )
    return found


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
    return retold(replace(wish, index=registry if "://" in registry else "", hashes=tuple(sorted(hashes))))


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
