"""Reads uv.toml files and UV_* variables into the places that uv takes packages from; source: uv documentation, "Settings" and "Environment variables"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class UvPlace(Struct, frozen=True, kw_only=True):
    """An index or a find-links folder that uv is configured with."""

    url: str
    origin: str
    """The file or variable that names it."""
    name: str = ""
    default: bool = False
    """Whether it stands in place of uv's own default index."""


class UvSettings(Struct, frozen=True, kw_only=True):
    """What uv's configuration says of where packages come from and which versions may."""

    indexes: tuple[UvPlace, ...] = ()
    """In the order in which uv asks them."""
    find_links: tuple[UvPlace, ...] = ()
    no_index: bool = False
    constraints: tuple[str, ...] = ()
    """Requirements (`constraint-dependencies`)."""
    constraint_files: tuple[str, ...] = ()
    """Files that UV_CONSTRAINT names."""


def uv_settings(texts: tuple[tuple[str, str], ...], variables: Mapping[str, str]) -> UvSettings:
    """Merges (name, text) pairs of uv.toml files, lowest precedence first, and UV_* variables over them; uv adds lists up, the nearest first."""
    tables = [(name, _table(name, text)) for name, text in reversed(texts)]
    indexes = [*_of_variables(variables), *(place for name, table in tables for place in _indexes(name, table))]
    first_default = next((each for each in indexes if each.default), None)
    links = [UvPlace(url=each, origin="UV_FIND_LINKS") for each in variables.get("UV_FIND_LINKS", "").split(",") if each]
    links += [UvPlace(url=url, origin=name) for name, table in tables for url in _texts(table, "find-links")]
    return UvSettings(
        indexes=tuple(each for each in indexes if not each.default or each is first_default),
        find_links=tuple(links),
        no_index=any(table.get("no-index") is True for _, table in tables),
        constraints=tuple(dict.fromkeys(line for _, table in tables for line in _texts(table, "constraint-dependencies"))),
        constraint_files=tuple(variables.get("UV_CONSTRAINT", "").split()),
    )


def _of_variables(variables: Mapping[str, str]) -> list[UvPlace]:
    found = []
    for variable in ("UV_INDEX", "UV_EXTRA_INDEX_URL"):
        for each in variables.get(variable, "").split():
            name, equals, url = each.partition("=")
            named = bool(equals) and "/" not in name and ":" not in name
            found.append(UvPlace(url=url if named else each, origin=variable, name=name if named else ""))
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if variables.get(variable):
            found.append(UvPlace(url=variables[variable], origin=variable, default=True))
    return found


def _indexes(name: str, table: Mapping[str, Any]) -> list[UvPlace]:
    listed = table.get("index")
    rows = [each for each in listed if isinstance(each, dict) and isinstance(each.get("url"), str)] if isinstance(listed, list) else []
    found = [UvPlace(url=each["url"], origin=name, name=str(each.get("name", "")), default=each.get("default") is True) for each in rows]
    found += [UvPlace(url=url, origin=name) for url in _texts(table, "extra-index-url")]
    default = table.get("index-url")
    return [*found, UvPlace(url=default, origin=name, default=True)] if isinstance(default, str) else found


def _table(name: str, text: str) -> dict[str, Any]:
    """Gives the settings of one file; those of its [pip] table hold for `uv pip`, which is what drivetrain runs, and win."""
    # Imported here: most machines have no uv.toml, and a probe need not load a TOML reader then.
    from drivetrain.formats.toml_tree import table_of

    table = table_of(text, name)
    inner = table.get("pip")
    return {**table, **inner} if isinstance(inner, dict) else table


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
