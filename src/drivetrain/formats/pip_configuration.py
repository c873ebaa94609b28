"""Reads pip's configuration files and PIP_* variables into what `pip install` would use; source: pip documentation, "Configuration"."""

from __future__ import annotations

import configparser
import math
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from drivetrain.errors import FileError
from drivetrain.model.documents import FrozenMap
from drivetrain.words import say

NULL_DEVICES = ("/dev/null", "nul")
GROUPS = ("global", "install", ":env:")
"""What overrides what, after the files have been merged: [install] of any file beats [global] of every file, and variables beat both."""
SAME_OPTION = {"default-timeout": "timeout", "pypi-url": "index-url", "constraints": "constraint"}
TRUE = ("y", "yes", "t", "true", "on", "1")


class PipSettings(Struct, frozen=True, kw_only=True):
    """What `pip install` would use; credentials are kept, because uv is handed this. `Machine.indexes` shows it without them."""

    index_url: str | None = None
    """None: pip's own default."""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    constraints: tuple[str, ...] = ()
    """Paths or URLs of constraint files."""
    timeout: float | None = None
    retries: int | None = None
    pre: bool = False
    origins: FrozenMap[str] = field(default_factory=FrozenMap)
    """Option ("index-url") to the file or variable that set it."""


class Told(Struct, frozen=True):
    """One value and where it stands."""

    value: str
    origin: str


def pip_settings(texts: tuple[tuple[str, str], ...], variables: Mapping[str, str]) -> PipSettings:
    """Merges (name, text) pairs of files, lowest precedence first (global, user, site, the file of PIP_CONFIG_FILE), and PIP_* variables over them."""
    if variables.get("PIP_CONFIG_FILE", "").lower() in NULL_DEVICES:
        texts = ()
    merged: dict[tuple[str, str], Told] = {}
    for name, text in texts:
        merged.update(_options(name, text))
    for name, value in variables.items():
        if name.startswith("PIP_"):
            merged[(":env:", _option(name[4:]))] = Told(value, name)
    return _settings(dict(_effective(merged)))


def _effective(merged: Mapping[tuple[str, str], Told]) -> Iterator[tuple[str, Told]]:
    for group in GROUPS:
        for (section, option), told in merged.items():
            # pip passes over empty values, after they have replaced the value of an earlier file.
            if section == group and told.value:
                yield SAME_OPTION.get(option, option), told


def _options(name: str, text: str) -> Iterator[tuple[tuple[str, str], Told]]:
    parser = configparser.RawConfigParser()
    try:
        # configparser takes the square of the length of a run of spaces.
        parser.read_string(re.sub(r"[ \t]{100,}", " " * 100, text), name)
    except configparser.Error as error:
        line = " ".join(str(error).split())
        raise FileError(say("pip's configuration {path} is damaged: {reason}", path=name, reason=line), say("mend the file or remove it")) from error
    for section in parser.sections():
        for option, value in parser.items(section):
            yield (section, _option(option)), Told(value, name)


def _option(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def _settings(told: dict[str, Told]) -> PipSettings:
    def text(option: str) -> str | None:
        return told[option].value.strip() if option in told else None

    def listed(option: str) -> tuple[str, ...]:
        return tuple((text(option) or "").split())

    def number(option: str) -> float | None:
        try:
            value = float(text(option) or "")
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    retries = number("retries")
    return PipSettings(
        index_url=text("index-url"),
        extra_index_urls=listed("extra-index-url"),
        find_links=listed("find-links"),
        no_index=(text("no-index") or "").lower() in TRUE,
        trusted_hosts=listed("trusted-host"),
        cert=text("cert"),
        client_cert=text("client-cert"),
        proxy=text("proxy"),
        constraints=listed("constraint"),
        timeout=number("timeout"),
        retries=None if retries is None else int(retries),
        pre=(text("pre") or "").lower() in TRUE,
        origins=FrozenMap({option: each.origin for option, each in told.items()}),
    )
