"""What the wheels of a build serve, and how large they are."""

from __future__ import annotations

from functools import lru_cache

from drivetrain.catalogue.relations.wheel_fit import interpreter_fits, needed_release, platform_fits
from drivetrain.model.build import Build, Target
from drivetrain.model.dotted import at_least, dotted
from drivetrain.words import say

TAKEN_GLIBC = "2.28"
"""What uv takes for granted of a Linux of which nothing is said; source: https://docs.astral.sh/uv/reference/cli/#uv-pip-compile--python-platform."""


@lru_cache(maxsize=8192)
def platform_tag(tags: str) -> str:
    """Gives the platform part of a wheel's tags."""
    return tags.split("-", 2)[2]


@lru_cache(maxsize=4096)
def _minor_of_tag(tag: str) -> str | None:
    digits = tag[2:].rstrip("t")
    return f"{digits[0]}.{digits[1:]}" if tag.startswith("cp") and len(digits) > 1 and digits.isdigit() else None


def minors_of(build: Build) -> set[str]:
    """Gives the Pythons that some wheel of a build serves, on any platform."""
    tags = build.pythons if build.pythons is not None else [part for wheel in build.wheels for part in wheel.tags.split("-")[0].split(".")]
    return {minor for tag in tags if (minor := _minor_of_tag(tag))}


def span(minors: list[str]) -> str:
    """Gives "3.9 to 3.12" for a sorted list."""
    return "-" if not minors else minors[0] if len(minors) == 1 else say("{first} to {last}", first=minors[0], last=minors[-1])


def size_of(build: Build, platform: str, python: str | None = None) -> int | None:
    """Gives the bytes of a build's largest wheel for a platform, and a Python where that is known; None where no size is."""
    fitting = [wheel for wheel in build.wheels if platform_fits(platform_tag(wheel.tags), platform, None)]
    own = [wheel for wheel in fitting if python and interpreter_fits(wheel.tags.rsplit("-", 1)[0], python)] or fitting
    return max((wheel.bytes for wheel in own if wheel.bytes is not None), default=None)


def newer_glibc(build: Build, target: Target, python: str | None = None) -> str | None:
    """Gives the glibc that every wheel of a build asks for beyond what is taken for granted, on a Linux of which nothing is said."""
    if target.os != "linux" or target.release is not None:
        return None
    platform, needs = target.platform, []
    for wheel in build.wheels:
        need = _glibc_beyond(platform_tag(wheel.tags), platform)
        if need is None or (python and not interpreter_fits(wheel.tags.rsplit("-", 1)[0], python)):
            continue
        if not need:
            return None
        needs.append(need)
    return min(needs, key=dotted, default=None)


@lru_cache(maxsize=4096)
def _glibc_beyond(tag: str, platform: str) -> str | None:
    """Gives the glibc that a tag asks for beyond what is taken for granted; empty where that is enough, None for another platform."""
    if not platform_fits(tag, platform, None):
        return None
    need = needed_release(tag)
    return "" if need is None or at_least(TAKEN_GLIBC, need) else need


def glibc_of(builds: tuple[Build, ...], target: Target, python: str) -> str | None:
    """Gives the glibc that a stack needs beyond what is taken for granted."""
    return max((need for each in builds if (need := newer_glibc(each, target, python))), key=dotted, default=None)
