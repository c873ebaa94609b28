"""Reads wheel tags (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/): which system and processor they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from drivetrain.model.machine import OsFamily

Arch = Literal["x86_64", "aarch64", "arm64", "x86"]

_ARCHES: tuple[tuple[str, Arch], ...] = (
    ("x86_64", "x86_64"),
    ("amd64", "x86_64"),
    ("aarch64", "aarch64"),
    ("arm64", "arm64"),
    ("i686", "x86"),
    ("win32", "x86"),
)


def os_of(tag: str) -> OsFamily | None:
    """Gives the system of one tag; None for "any" and for systems that drivetrain does not know."""
    platform = tag.rpartition("-")[2]
    if platform.startswith("win"):
        return "windows"
    if platform.startswith("macosx"):
        return "macos"
    return "linux" if platform.startswith(("manylinux", "musllinux", "linux")) else None


def arch_of(tag: str) -> Arch | None:
    """Gives the processor of one tag; None for "any" and "universal2", which serve several."""
    platform = tag.rpartition("-")[2]
    return next((arch for ending, arch in _ARCHES if platform.endswith(ending)), None)


def os_of_many(tags: Iterable[str]) -> OsFamily | None:
    """Gives the system that most of the tags are for; None where none names one."""
    counted = Counter(family for tag in tags if (family := os_of(tag)) is not None)
    return counted.most_common(1)[0][0] if counted else None
