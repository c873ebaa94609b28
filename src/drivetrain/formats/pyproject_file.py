"""Reads pyproject.toml: the project's requirements, the extras and groups asked for, uv's and poetry's tables.

Source: https://packaging.python.org/en/latest/specifications/pyproject-toml/ (PEP 621) and .../dependency-groups/ (PEP 735).
The project's own requirements are always asked for, extras and groups only by name.
"""

from __future__ import annotations

import re
from typing import Any

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.draft import Draft, beside
from drivetrain.formats.pdm_tables import pdm_sources
from drivetrain.formats.poetry_tables import Poetry, group_names, poetry_requirements, poetry_sources
from drivetrain.formats.requirements_file import gather
from drivetrain.formats.toml_tree import Table, origin_of, table_at, table_of, texts_at
from drivetrain.formats.uv_tables import uv_settings, with_uv_sources
from drivetrain.model.request import Wish
from drivetrain.words import say


def gather_project(draft: Draft, text: str) -> None:
    """Adds what the project asks for to the draft."""
    tables = table_of(text, draft.name)
    poetry = Poetry(draft, text, tables)
    wishes = [*_python(draft, text, tables), *_project(draft, text, tables)]
    if "dependencies" not in table_at(tables, "project"):
        wishes += poetry_requirements(poetry, "dependencies")
    for group in draft.groups:
        wishes += _group(draft, text, tables, poetry, group)
    poetry_sources(poetry)
    uv_settings(draft, text, tables)
    draft.wishes.extend(pdm_sources(draft, tables, with_uv_sources(draft, text, tables, poetry.tied(wishes))))
    if not draft.wishes and not draft.warnings:
        draft.warn(draft.name, say("asks for nothing: neither [project] dependencies nor those of poetry are in it"))


def _python(draft: Draft, text: str, tables: Table) -> list[Wish]:
    wanted = table_at(tables, "project").get("requires-python")
    if not isinstance(wanted, str):
        return []
    wish = draft.wish(f"python{wanted}", origin_of(text, draft.name, wanted))
    return [wish] if wish else []


def _project(draft: Draft, text: str, tables: Table) -> list[Wish]:
    project = table_at(tables, "project")
    if "dependencies" in texts_at(project, "dynamic"):
        return _dynamic(draft, tables, "dependencies")
    return _wishes(draft, text, _requirements(draft, project.get("dependencies", []), "project.dependencies"))


def _dynamic(draft: Draft, tables: Table, *path: str) -> list[Wish]:
    """setuptools lets the requirements stand in files: https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata."""
    found = table_at(tables, "tool", "setuptools", "dynamic", *path)
    files = texts_at(found, "file")
    if not files:
        draft.warn(draft.name, say("{path} is made while the project is built; what it asks for is not known", path=f"project.{'.'.join(path)}"))
    before = len(draft.wishes)
    for file in files:
        target = beside(draft.name, file)
        gather(draft, draft.text_of(target, draft.name), target)
    made = draft.wishes[before:]
    del draft.wishes[before:]
    return made


def _group(draft: Draft, text: str, tables: Table, poetry: Poetry, group: str) -> list[Wish]:
    from packaging.utils import canonicalize_name

    wanted = canonicalize_name(group)
    extras = {canonicalize_name(name): name for name in table_at(tables, "project", "optional-dependencies")}
    groups = {canonicalize_name(name): name for name in table_at(tables, "dependency-groups")}
    found: list[Wish] = []
    known = False
    if wanted in extras:
        known = True
        found += _extra(draft, text, tables, extras[wanted], ())
    elif "optional-dependencies" in texts_at(tables, "project", "dynamic"):
        known = True
        found += _dynamic(draft, tables, "optional-dependencies", group)
    if wanted in groups:
        known = True
        found += _wishes(draft, text, _dependency_group(draft, tables, groups, wanted, ()))
    if wanted == "dev" and texts_at(tables, "tool", "uv", "dev-dependencies"):
        known = True
        found += _wishes(draft, text, texts_at(tables, "tool", "uv", "dev-dependencies"))
    pdm = {canonicalize_name(name): name for name in table_at(tables, "tool", "pdm", "dev-dependencies")}
    if wanted in pdm:
        known = True
        found += _wishes(draft, text, texts_at(tables, "tool", "pdm", "dev-dependencies", pdm[wanted]))
    if group in group_names(poetry):
        known = True
        found += poetry_requirements(poetry, group)
    if not known:
        names = sorted({*extras.values(), *groups.values(), *pdm.values(), *group_names(poetry)})
        raise UsageError(
            say("{file} has no extra or group {group}", file=draft.name, group=group),
            say("it has {names}", names=", ".join(names)) if names else say("it has none: leave [{group}] out", group=group),
        )
    return found


def _extra(draft: Draft, text: str, tables: Table, extra: str, above: tuple[str, ...]) -> list[Wish]:
    """An extra; where it names the project's own other extras ("drivetrain[web,mcp]"), theirs."""
    from packaging.utils import canonicalize_name

    own = canonicalize_name(str(table_at(tables, "project").get("name", "")))
    optional = table_at(tables, "project", "optional-dependencies")
    found: list[Wish] = []
    for wish in _wishes(draft, text, _requirements(draft, optional.get(extra, []), f"project.optional-dependencies.{extra}")):
        if wish.name != own or wish.url:
            found.append(wish)
            continue
        for name in optional:
            if canonicalize_name(name) in wish.extras and name not in (*above, extra):
                found += _extra(draft, text, tables, name, (*above, extra))
    return found


def _dependency_group(draft: Draft, tables: Table, groups: dict[Any, str], wanted: str, above: tuple[str, ...]) -> list[str]:
    from packaging.utils import canonicalize_name

    if wanted in above:
        raise FileError(
            say("{file}: dependency group {group} includes itself: {chain}", file=draft.name, group=wanted, chain=" > ".join((*above, wanted))),
            say("take one include-group out"),
        )
    if wanted not in groups:
        raise FileError(
            say("{file}: dependency group {group} includes {other}, which is not there", file=draft.name, group=above[-1], other=wanted),
            say("it has {names}", names=", ".join(sorted(groups.values()))),
        )
    found: list[str] = []
    items = table_at(tables, "dependency-groups").get(groups[wanted])
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            found += _dependency_group(draft, tables, groups, str(canonicalize_name(item["include-group"])), (*above, wanted))
        else:
            draft.warn(draft.name, say("{path} is no requirement and was left out", path=f"dependency-groups.{groups[wanted]}[{place}]"))
    return found


def _requirements(draft: Draft, items: Any, path: str) -> list[str]:
    if not isinstance(items, list):
        draft.warn(draft.name, say("{path} is not a list of requirements and was left out", path=path))
        return []
    for place, item in enumerate(items):
        if not isinstance(item, str):
            draft.warn(draft.name, say("{path} is no requirement and was left out", path=f"{path}[{place}]"))
    return [item for item in items if isinstance(item, str)]


def _wishes(draft: Draft, text: str, requirements: list[str]) -> list[Wish]:
    # Templates leave placeholders such as "{{ name }}" behind; wish_of names them like every other mistake.
    made = (draft.wish(each, origin_of(text, draft.name, each)) for each in requirements if re.search(r"\S", each))
    return [wish for wish in made if wish]
