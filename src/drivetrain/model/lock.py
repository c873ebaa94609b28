"""A lock: the file that fixes every artifact by hash, and what uv said when there can be none."""

from __future__ import annotations

from msgspec import Struct


class Artifact(Struct, frozen=True, kw_only=True):
    """One wheel of a lock."""

    name: str
    version: str
    file: str
    bytes: int | None
    sha256: str


class Lock(Struct, frozen=True, kw_only=True):
    """A PEP 751 lock; source: https://packaging.python.org/en/latest/specifications/pylock-toml/."""

    path: str
    text: str
    python: str
    artifacts: tuple[Artifact, ...]

    @property
    def download_bytes(self) -> int:
        return sum(each.bytes or 0 for each in self.artifacts)


class Clash(Struct, frozen=True, kw_only=True):
    """uv could not resolve a plan's pins with the rest of the request."""

    says: str
    """uv's own explanation."""
    names: tuple[str, ...]
    """Planned distributions that the explanation names, most often named first."""
