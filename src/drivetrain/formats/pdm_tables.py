"""Reads the package sources of [tool.pdm], and ties to them what they are meant for.

Source: https://pdm-project.org/latest/usage/config/#configure-the-package-indexes (source, include_packages, type).
"""

from __future__ import annotations

from fnmatch import fnmatch

from msgspec.structs import replace

from drivetrain.formats.draft import Draft, beside
from drivetrain.formats.toml_tree import Table, tables_at, texts_at
from drivetrain.formats.uv_tables import retold
from drivetrain.model.request import Wish


def pdm_sources(draft: Draft, tables: Table, wishes: list[Wish]) -> list[Wish]:
    """Adds pdm's sources to the draft, and gives the wishes with the source that is meant for each."""
    made = list(wishes)
    for source in tables_at(tables, "tool", "pdm", "source"):
        url, patterns = str(source.get("url", "")), texts_at(source, "include_packages")
        if source.get("type") == "find_links":
            draft.find_links.append(beside(draft.name, url))
        elif patterns:
            made = [_tied(wish, url) if _meant(wish, patterns) else wish for wish in made]
        elif source.get("name") == "pypi":
            draft.index = url
        elif url:
            draft.indexes.append(url)
    return made


def _meant(wish: Wish, patterns: list[str]) -> bool:
    return not (wish.is_component or wish.url or wish.index) and any(fnmatch(wish.name, pattern) for pattern in patterns)


def _tied(wish: Wish, url: str) -> Wish:
    return retold(replace(wish, index=url))
