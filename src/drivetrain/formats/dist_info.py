"""Reads METADATA (core metadata, https://packaging.python.org/en/latest/specifications/core-metadata/) as far as an audit needs it."""

from __future__ import annotations

import re

from msgspec import Struct

_SEPARATORS = re.compile(r"[-_.]+")
_MOST, _LONGEST = 10_000, 4096
"""Headers of one kind, and characters of one that is read: more states nothing that an index would take."""
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")


class Metadata(Struct, frozen=True, kw_only=True):
    """The headers that matter of one METADATA or PKG-INFO."""

    name: str
    """Normalised (PEP 503)."""
    version: str
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    """Provides-Extra, normalised."""
    requires_python: str = ""


def normalised(name: str) -> str:
    """Gives "typing-extensions" for "Typing.Extensions" (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def metadata_of(text: str) -> Metadata | None:
    """Gives the headers of a METADATA text; None where it states no name or no version."""
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {"requires-dist": [], "provides-extra": []}
    for line in _headers(text):
        if (match := _HEADER.fullmatch(line)) is None:
            continue
        key, value = match[1].lower(), match[2].strip()
        if len(value) > _LONGEST:
            continue
        if key in several:
            several[key] += [value] if value and len(several[key]) < _MOST else []
        else:
            single.setdefault(key, value)
    if not single.get("name") or not single.get("version"):
        return None
    return Metadata(
        name=normalised(single["name"]),
        version=single["version"],
        requires=tuple(several["requires-dist"]),
        extras=tuple(normalised(extra) for extra in several["provides-extra"]),
        requires_python=single.get("requires-python", ""),
    )


def name_and_version_of(folder: str) -> tuple[str, str] | None:
    """Gives ("torch", "2.10.0+cu128") for "torch-2.10.0+cu128.dist-info"; None for a folder that is not named so."""
    stem, _, kind = folder.rpartition(".")
    if kind not in ("dist-info", "egg-info"):
        return None
    name, _, version = stem.partition("-")
    if kind == "egg-info":
        version = re.sub(r"-py\d(\.\d+)?.*$", "", version)
    return (normalised(name), version) if name else None


def tags_of_wheel(text: str) -> tuple[str, ...]:
    """Gives the tags of a WHEEL file ("cp311-cp311-manylinux_2_28_x86_64")."""
    return tuple(match[2].strip() for line in text.splitlines() if (match := _HEADER.fullmatch(line)) and match[1] == "Tag")


def direct_url_of(text: str) -> tuple[str, bool]:
    """Gives what a direct_url.json names and whether it is editable; ("", False) for none.

    Source: https://packaging.python.org/en/latest/specifications/direct-url/.
    """
    import json

    try:
        found = json.loads(text)
        url, folder, vcs = found["url"], found.get("subdirectory"), found.get("vcs_info")
        editable = found.get("dir_info", {}).get("editable") is True
        if vcs:
            url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", False
    return f"{url}{f'#subdirectory={folder}' if folder else ''}", editable


def _headers(text: str) -> list[str]:
    """Gives the header lines, folded ones joined: the description after the first empty line is not read.

    A line of spaces is no empty one but part of a folded header, and a form feed ends no line: the licences of SciPy and pandas have them, before what
    these require. (https://datatracker.ietf.org/doc/html/rfc822#section-3.1)
    """
    lines: list[list[str]] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            break
        if line[0] in " \t" and lines:
            lines[-1].append(line.strip())
        else:
            lines.append([line])
    return [" ".join(parts) for parts in lines]
