"""Reads /etc/os-release; source: os-release(5) of systemd."""

from __future__ import annotations

from msgspec import Struct


class OsRelease(Struct, frozen=True, kw_only=True):
    """What a Linux distribution says of itself."""

    name: str = ""
    """"Debian GNU/Linux 12"."""
    id: str | None = None
    """"debian": decides how its driver package is called."""
    like: tuple[str, ...] = ()
    """Distributions that it derives from, nearest first."""
    version: str | None = None
    """"12", "24.04"."""


def os_release_of(text: str) -> OsRelease:
    """Gives name, id and version; a line that is no assignment is passed over."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and key and not key.startswith("#"):
            fields[key] = _unquoted(value)
    version = fields.get("VERSION_ID") or None
    name = fields.get("NAME") or fields.get("ID") or ""
    return OsRelease(
        name=f"{name} {version}" if version and name else fields.get("PRETTY_NAME") or name,
        id=fields.get("ID") or None,
        like=tuple(fields.get("ID_LIKE", "").split()),
        version=version,
    )


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    for character in '"$`\\':
        value = value.replace("\\" + character, character)
    return value
