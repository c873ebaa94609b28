"""Reads the requirements of [tool.poetry], and the sources that it ties them to.

Source: https://python-poetry.org/docs/pyproject/, .../dependency-specification/ and .../repositories/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from drivetrain.formats.alternatives import spanning
from drivetrain.formats.draft import Draft
from drivetrain.formats.poetry_version import specifier_of
from drivetrain.formats.toml_tree import Table, line_of, table_at, tables_at
from drivetrain.formats.uv_tables import both, reference_url, retold
from drivetrain.model.request import Wish
from drivetrain.words import say


@dataclass
class Poetry:
    """The tables of a project while they are read."""

    draft: Draft
    text: str
    tables: Table

    @property
    def table(self) -> Table:
        return table_at(self.tables, "tool", "poetry")

    def tied(self, wishes: Iterable[Wish]) -> list[Wish]:
        """Gives the wishes of [project] with what poetry adds to the same names: poetry 2 keeps sources in its own table."""
        if "dependencies" not in table_at(self.tables, "project"):
            return list(wishes)
        added = {_normalised(name): given for name, given in table_at(self.table, "dependencies").items()}
        made = []
        for wish in wishes:
            given = added.get(wish.name)
            source = given if isinstance(given, dict) else {}
            url = None if wish.url else reference_url(self.draft.name, source)
            index = self.urls().get(str(source.get("source", "")), "")
            tied = replace(wish, url=url, specifier="", editable=source.get("develop") is True) if url else replace(wish, index=wish.index or index)
            made.append(retold(tied) if url else tied)
        return made

    def urls(self) -> dict[str, str]:
        return {str(each.get("name")): str(each.get("url", "")) for each in tables_at(self.table, "source")}


def group_names(poetry: Poetry) -> list[str]:
    """Gives the groups and extras that poetry's table has beside its main requirements."""
    legacy = ["dev"] if table_at(poetry.table, "dev-dependencies") else []
    return [*legacy, *table_at(poetry.table, "group"), *table_at(poetry.table, "extras")]


def poetry_sources(poetry: Poetry) -> None:
    """Adds poetry's sources to the draft; an explicit one serves only what names it."""
    for each in tables_at(poetry.table, "source"):
        url = str(each.get("url", ""))
        if each.get("priority") == "default" or each.get("default") is True:
            poetry.draft.index = url
        elif each.get("priority") != "explicit" and url:
            poetry.draft.indexes.append(url)


def poetry_requirements(poetry: Poetry, group: str) -> list[Wish]:
    """Gives the requirements of "dependencies", of a group, or of an extra."""
    main = table_at(poetry.table, "dependencies")
    if group == "dependencies":
        chosen = {name: given for name, given in main.items() if not _optional(given)}
    else:
        extra = table_at(poetry.table, "extras").get(group)
        names = {_normalised(str(name)) for name in extra} if isinstance(extra, list) else set()
        chosen = {name: given for name, given in main.items() if _normalised(name) in names}
        chosen |= table_at(poetry.table, "group", group, "dependencies")
        chosen |= table_at(poetry.table, "dev-dependencies") if group == "dev" else {}
    made: list[Wish] = []
    for name, given in chosen.items():
        for each in given if isinstance(given, list) else [given]:
            wish = _wish(poetry, name, each if isinstance(each, dict) else {"version": each})
            made.extend([wish] if wish else [])
    return made


def _wish(poetry: Poetry, name: str, given: dict[str, Any]) -> Wish | None:
    draft = poetry.draft
    line = line_of(poetry.text, rf"""^\s*["']?{re.escape(name)}["']?\s*=""")
    origin = f"{draft.name}:{line}" if line else draft.name
    if name == "python" and table_at(poetry.tables, "project").get("requires-python"):
        return None
    url = reference_url(draft.name, given)
    specifier = "" if url else _specifier(draft, name, given.get("version", "*"), origin)
    extras = f"[{','.join(str(each) for each in given.get('extras', []))}]" if given.get("extras") else ""
    marker = both(str(given.get("markers", "")), _platform(given.get("platform")))
    marker = both(marker, _python_marker(draft, given.get("python"), origin))
    wish = draft.wish(f"{name}{extras}{specifier}" + (f" ; {marker}" if marker else ""), origin)
    if wish is None:
        return None
    if given.get("allow-prereleases") is True:
        draft.warn(origin, say("{name} may be a pre-release; ask for --pre when you want one", name=wish.name))
    source = str(given.get("source", ""))
    if source and source not in poetry.urls():
        draft.warn(origin, say("{name} is tied to the index {index}, which the file does not define", name=wish.name, index=source))
    index = poetry.urls().get(source, "")
    return retold(replace(wish, url=url or "", index="" if url else index, editable=bool(url) and given.get("develop") is True))


def _specifier(draft: Draft, name: str, version: Any, origin: str) -> str:
    alternatives = [specifier_of(part) for part in re.split(r"\|\|?", str(version))]
    known = [each for each in alternatives if each is not None]
    if len(known) < len(alternatives):
        draft.warn(origin, say("{name} = {version} is no version constraint; any version is taken", name=name, version=f'"{version}"'))
        return ""
    if len(known) == 1:
        return known[0]
    taken = spanning(known)
    draft.warn(
        origin,
        say("{name} = {version}: one requirement cannot hold alternatives; taken as {taken}", name=name, version=f'"{version}"', taken=taken or "*"),
    )
    return taken


def _python_marker(draft: Draft, constraint: Any, origin: str) -> str:
    specifier = _specifier(draft, "python", constraint, origin) if isinstance(constraint, str) else ""
    parts = [re.fullmatch(r"([<>=!~]+)(.+)", part) for part in specifier.split(",") if part]
    return " and ".join(f'python_full_version {part[1]} "{part[2]}"' for part in parts if part)


def _platform(platform: Any) -> str:
    return f'sys_platform == "{platform}"' if isinstance(platform, str) and platform.isidentifier() else ""


def _optional(given: Any) -> bool:
    return isinstance(given, dict) and given.get("optional") is True


def _normalised(name: str) -> str:
    from packaging.utils import canonicalize_name

    return str(canonicalize_name(name))
