"""Writes HTML in which every text is escaped: a string is text, only `Html` is markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Markup; whatever is not of this type is escaped when it goes in."""

    __slots__ = ()


def text(value: str) -> Html:
    """Gives text as markup."""
    return value if isinstance(value, Html) else Html(escape(value, quote=True))


def tag(name: str, *inside: str, **attributes: str | None) -> Html:
    """Gives an element; `class_` stands for class, None leaves an attribute out."""
    listed = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"' for key, value in attributes.items() if value is not None)
    return Html(f"<{name}{listed}>{joined(inside)}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    """Gives the parts one after the other."""
    return Html("".join(text(each) for each in parts))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], **attributes: str | None) -> Html:
    """Gives a table with a heading row; each cell bears its heading for screens too narrow for columns."""
    cells = (tag("tr", *(tag("td", cell, data_head=name or None) for name, cell in zip(head, row, strict=True))) for row in rows)
    top = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head)))
    return tag("table", top, tag("tbody", *cells), **attributes)
