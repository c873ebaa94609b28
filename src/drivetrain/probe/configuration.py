"""Says where packages come from on this machine: what pip's and uv's own files and variables configure, read without running either."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping

from drivetrain.formats.pip_configuration import PipSettings, pip_settings
from drivetrain.formats.uv_configuration import UvPlace, UvSettings, uv_settings
from drivetrain.model.machine import Index
from drivetrain.probe.readings import Readings

DEFAULT = "package index"
"""The index that pip and uv ask when none is configured; its address is theirs to know."""


def pip_settings_here() -> PipSettings:
    """Gives what `pip install` would use on this machine, credentials included, for the engine."""
    from drivetrain.probe import gather

    files = [(path, gather.contents(path)) for _, path in gather.pip_files(gather.Host({"prefix": sys.base_prefix}))]
    return pip_settings(tuple((path, text.decode("utf-8", "replace")) for path, text in files if text), os.environ)


def indexes_of(readings: Readings) -> tuple[Index, ...]:
    """Gives the indexes and find-links folders in the order in which they are asked, the default one last of the indexes, without credentials."""
    pip, uv = _settings(readings)
    if pip.no_index or uv.no_index:
        return (*_links(pip, uv), *_channels(readings))
    named = [each for each in uv.indexes if not each.default]
    named += [UvPlace(url=url, origin=_origin(pip, "extra-index-url")) for url in pip.extra_index_urls]
    default = next((each for each in uv.indexes if each.default), None)
    own = UvPlace(url=pip.index_url, origin=_origin(pip, "index-url")) if pip.index_url else None
    defaults = [each for each in (default, own) if each] or [UvPlace(url=DEFAULT, origin="default")]
    return (*_unlike(Index(kind="index", name=_shown(each.url), origin=each.origin) for each in (*named, *defaults)), *_links(pip, uv), *_channels(readings))


def constraints_of(readings: Readings) -> tuple[str, ...]:
    """Gives the requirements that the configuration binds every install on this machine with."""
    pip, uv = _settings(readings)
    texts: Mapping[str, str | None] = (readings["configuration"] or {}).get("constraints", {})
    lines = [line for path in (*pip.constraints, *uv.constraint_files) for line in _requirements(texts.get(path) or "")]
    return tuple(dict.fromkeys((*lines, *uv.constraints)))


def unread_constraints(readings: Readings) -> tuple[str, ...]:
    """Gives the constraint files that the configuration names and that could not be read: pip and uv would stop there."""
    texts: Mapping[str, str | None] = (readings["configuration"] or {}).get("constraints", {})
    return tuple(path for path, text in texts.items() if text is None)


def _settings(readings: Readings) -> tuple[PipSettings, UvSettings]:
    configuration, variables = readings["configuration"] or {}, readings["variables"] or {}
    pip, uv = (tuple((path, text) for _, path, text in configuration.get(tool, [])) for tool in ("pip", "uv"))
    return pip_settings(pip, variables), uv_settings(uv, variables)


def _links(pip: PipSettings, uv: UvSettings) -> tuple[Index, ...]:
    places = [(each, _origin(pip, "find-links")) for each in pip.find_links] + [(each.url, each.origin) for each in uv.find_links]
    return _unlike(Index(kind="find-links", name=_shown(url), origin=origin) for url, origin in places)


def _channels(readings: Readings) -> tuple[Index, ...]:
    """conda merges the channels of its files, those of the nearest file first."""
    from drivetrain.formats.condarc import channels_of

    texts = [(path, channels_of(text)) for path, text in reversed((readings["configuration"] or {}).get("conda", []))]
    return _unlike(Index(kind="conda", name=_shown(name), origin=path) for path, names in texts for name in names)


def _unlike(indexes: Iterable[Index]) -> tuple[Index, ...]:
    found: dict[str, Index] = {}
    for each in indexes:
        found.setdefault(each.name, each)
    return tuple(found.values())


def _origin(pip: PipSettings, option: str) -> str:
    return pip.origins.get(option, "")


def _shown(url: str) -> str:
    return re.sub(r"(?<=://)[^/\s@]+@", "", url).rstrip("/") or url


def _requirements(text: str) -> list[str]:
    """Gives the requirement lines of a constraint file, without comments, options and hashes."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.replace("\\\n", " ").splitlines())
    return [re.sub(r"\s+--hash[= ]\S+", "", line).strip() for line in lines if line and not line.startswith("-")]
