"""Gives the name of what was asked for by a path or an address alone, as the lock has found it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from msgspec.structs import replace

from drivetrain.formats.toml_tree import Table, table_of
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request, Wish


def named(request: Request, lock: Lock) -> Request:
    """Gives the request in which every wish has its name."""
    if all(each.name for each in request.wishes):
        return request
    names = {place: str(each["name"]) for each in table_of(lock.text, lock.path).get("packages", []) for place in _places(each)}
    return replace(request, wishes=tuple(each if each.name else _with_name(each, names.get(_place(each.url), "")) for each in request.wishes))


def plan_named(plan: Plan, before: Request, after: Request) -> Plan:
    """Gives the plan with its requirements as the request with names has them."""
    texts = {one.text: other.text for one, other in zip(before.wishes, after.wishes, strict=True)}
    return replace(plan, requirements=tuple(texts.get(each, each) for each in plan.requirements))


def _with_name(wish: Wish, name: str) -> Wish:
    if not name:
        return wish
    extras = f"[{','.join(wish.extras)}]" if wish.extras else ""
    place = wish.url if re.match(r"[\w+.-]{2,}:", wish.url) else Path(wish.url).absolute().as_uri()
    return replace(wish, name=name, text=f"{name}{extras} @ {place}{f' ; {wish.marker}' if wish.marker else ''}")


def _places(package: Table) -> list[str]:
    """Gives where a package of a lock comes from when that is no index."""
    entries = [entry for key in ("directory", "archive", "vcs") if isinstance(entry := package.get(key), dict)]
    return [_place(str(entry.get("path") or entry.get("url") or "")) for entry in entries]


def _place(text: str) -> str:
    """Gives one spelling for each place: an absolute path, or an address without revision and fragment."""
    address = re.sub(r"^(git|hg|svn|bzr)\+", "", text).partition("#")[0]
    if address.startswith("file:"):
        return os.path.normpath(url2pathname(urlsplit(address).path))
    if re.match(r"[\w+.-]{2,}:", address):
        return re.sub(r"(?<=[^/:])@[^@/]+$", "", address).removesuffix("/")
    return os.path.normpath(Path(address).expanduser().absolute())
