"""Reads what [tool.uv] adds to a project: indexes, where single distributions come from, constraints.

Source: https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources, .../concepts/indexes/ and .../reference/settings/.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from drivetrain.formats.draft import Draft, beside
from drivetrain.formats.requirements import requirement_text
from drivetrain.formats.toml_tree import Table, origin_of, table_at, tables_at, texts_at
from drivetrain.model.request import Wish
from drivetrain.words import say


def uv_settings(draft: Draft, text: str, tables: Table) -> None:
    """Adds uv's indexes, find-links and constraints to the draft; an `explicit` index serves only what is tied to it."""
    uv = table_at(tables, "tool", "uv")
    for settings in (uv, table_at(uv, "pip")):
        for each in tables_at(settings, "index"):
            url = str(each.get("url", ""))
            if each.get("format") == "flat":
                draft.find_links.append(beside(draft.name, url))
            elif each.get("default") is True:
                draft.index = url
            elif each.get("explicit") is not True and url:
                draft.indexes.append(url)
        draft.index = draft.index or next(iter(texts_at(settings, "index-url")), "")
        draft.indexes.extend(texts_at(settings, "extra-index-url"))
        draft.find_links.extend(beside(draft.name, place) for place in texts_at(settings, "find-links"))
        draft.no_index = draft.no_index or settings.get("no-index") is True
        draft.no_binary.extend(texts_at(settings, "no-binary-package"))
        draft.pre = draft.pre or settings.get("prerelease") == "allow"
    for requirement in texts_at(uv, "constraint-dependencies"):
        wish = draft.wish(requirement, origin_of(text, draft.name, requirement))
        draft.constraints.extend([wish] if wish else [])
    for key in ("override-dependencies", "exclude-dependencies"):
        for requirement in texts_at(uv, key):
            draft.warn(
                origin_of(text, draft.name, requirement),
                say("{key} {requirement} was left out: drivetrain keeps what distributions require of each other", key=key, requirement=requirement),
            )


def with_uv_sources(draft: Draft, text: str, tables: Table, wishes: Iterable[Wish]) -> list[Wish]:
    """Gives the wishes with the places that [tool.uv.sources] ties them to."""
    from packaging.utils import canonicalize_name

    sources = {str(canonicalize_name(name)): given for name, given in table_at(tables, "tool", "uv", "sources").items()}
    urls = {str(each.get("name")): str(each.get("url", "")) for each in tables_at(tables, "tool", "uv", "index")}
    made: list[Wish] = []
    for wish in wishes:
        given = sources.get(wish.name)
        if given is None or wish.url or wish.is_component:
            made.append(wish)
            continue
        each_source = [each for each in (given if isinstance(given, list) else [given]) if isinstance(each, dict)]
        applicable = [each for each in each_source if _asked_for(draft, each)]
        # A source for some platforms only leaves the plain requirement to the others; beside it the tied one is no contradiction.
        if any("marker" in each for each in applicable) or not applicable:
            made.append(wish)
        made.extend(tied for each in applicable if (tied := _tied(draft, wish, each, urls)) is not None)
    return made


def _asked_for(draft: Draft, source: Table) -> bool:
    """A source may belong to one extra or group of the project."""
    wanted = [str(source[key]) for key in ("extra", "group") if key in source]
    return all(each in draft.groups for each in wanted)


def _tied(draft: Draft, wish: Wish, source: Table, urls: dict[str, str]) -> Wish | None:
    marker = both(wish.marker, str(source.get("marker", "")))
    checked = draft.wish(f"{wish.name} ; {marker}" if marker else wish.name, wish.origin)
    if checked is None:
        return wish
    marker = checked.marker
    if "index" in source:
        name = str(source["index"])
        if name not in urls:
            draft.warn(wish.origin, say("{name} is tied to the index {index}, which the file does not define", name=wish.name, index=name))
            return retold(replace(wish, marker=marker))
        return retold(replace(wish, marker=marker, index=urls[name]))
    if source.get("workspace") is True:
        draft.warn(wish.origin, say("{name} is a member of the uv workspace and was left out; read its own pyproject.toml", name=wish.name))
        return None
    url = reference_url(draft.name, source)
    if url is None:
        draft.warn(wish.origin, say("the source of {name} is not understood; the configured index is taken", name=wish.name))
        return retold(replace(wish, marker=marker))
    # A direct reference fixes the version, and PEP 508 has no room for both.
    return retold(replace(wish, marker=marker, url=url, specifier="", editable=source.get("editable") is True))


def retold(wish: Wish) -> Wish:
    """Text is what a resolver is given, so it has to say what the tables added."""
    return replace(wish, text=requirement_text(wish))


def reference_url(including: str, source: dict[str, Any]) -> str | None:
    """Gives the direct reference of a git, url or path source, as uv's and poetry's tables write them alike."""
    if "git" in source:
        address = str(source["git"])
        at = next((f"@{source[key]}" for key in ("rev", "tag", "branch") if key in source), "")
        folder = f"#subdirectory={source['subdirectory']}" if "subdirectory" in source else ""
        return f"{address if address.startswith('git+') else 'git+' + address}{at}{folder}"
    if "url" in source:
        folder = f"#subdirectory={source['subdirectory']}" if "subdirectory" in source else ""
        return f"{source['url']}{folder}"
    if "path" in source:
        path = beside(including, str(source["path"]))
        return path if path.startswith(("/", ".", "~")) or ":" in path else f"./{path}"
    return None


def both(marker: str, other: str) -> str:
    """Gives the marker under which both hold."""
    if not marker or not other:
        return marker or other
    return f"({marker}) and ({other})"
