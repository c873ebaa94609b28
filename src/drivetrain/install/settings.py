"""How uv is to be run for drivetrain: what the flags say, what pip's configuration says, what uv's own says, as one value.

uv reads nothing of pip's configuration, and ignores its own files when one is named with `--config-file`: so both are read and written into a
generated one. Sources: https://docs.astral.sh/uv/reference/settings/, https://docs.astral.sh/uv/reference/environment/ and
https://pip.pypa.io/en/stable/topics/configuration/.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from drivetrain.errors import FileError
from drivetrain.formats.pip_configuration import PipSettings
from drivetrain.formats.toml_tree import Table, table_of
from drivetrain.model.documents import FrozenMap
from drivetrain.words import say, why


class EngineSettings(Struct, frozen=True, kw_only=True):
    """How uv is to be run."""

    cache_dir: Path | None = None
    """uv's cache; None: where uv keeps its own, so that what the user has already downloaded is not downloaded again."""
    offline: bool = False
    indexes: tuple[str, ...] = ()
    """Package indexes added by flags, before those configured."""
    find_links: tuple[str, ...] = ()
    places: FrozenMap[str] = field(default_factory=FrozenMap)
    """A plan's source (`Package.source`) to the index that it stands for, where that is not one of the configured ones; `{build}` in the URL becomes
    the package's build ("cu128"). Only packages planned from there are looked for there."""
    pip: PipSettings = field(default_factory=PipSettings)
    """What pip's configuration says; its constraints come through `Machine.constraints`, since they bind this machine and no other target."""
    uv: FrozenMap[Any] = field(default_factory=FrozenMap)
    """What uv's own files say (`uv_configuration`)."""
    link_mode: str | None = None
    """hardlink | copy | clone | symlink; None: uv's own choice. `copy` keeps later edits in the environment out of the cache."""
    python_downloads: bool = False
    """Whether uv may fetch a Python (`--fetch-python`)."""


def uv_configuration(environ: Mapping[str, str] = os.environ) -> FrozenMap[Any]:
    """Gives what the user's and the system's uv.toml say, the user's winning; a project's own uv settings are for that project and are left alone."""
    if environ.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "on"):
        return FrozenMap()
    named = environ.get("UV_CONFIG_FILE")
    merged: Table = {}
    for path in [Path(named)] if named else _files(environ):
        table = _table(path, must_exist=bool(named))
        inner = table.pop("pip", {})
        for key, value in {**table, **(inner if isinstance(inner, dict) else {})}.items():
            # uv adds lists of several files up, and lets the first file that sets a single value win.
            merged[key] = [*merged[key], *value] if isinstance(merged.get(key), list) and isinstance(value, list) else merged.get(key, value)
    return FrozenMap(merged)


def _files(environ: Mapping[str, str]) -> list[Path]:
    if sys.platform == "win32":
        return [Path(environ[name]) / "uv" / "uv.toml" for name in ("APPDATA", "PROGRAMDATA") if environ.get(name)]
    home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "/") / ".config")
    system = [Path(each) / "uv" / "uv.toml" for each in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if each]
    found = next((path for path in [*system, Path("/etc/uv/uv.toml")] if path.is_file()), None)
    return [home / "uv" / "uv.toml", *([found] if found else [])]


def _table(path: Path, *, must_exist: bool) -> Table:
    try:
        return table_of(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not must_exist:
            return {}
        reason = why(error)
        raise FileError(say("uv's configuration {path} cannot be read: {reason}", path=path, reason=reason), say("mend the file or remove it")) from error
