"""Whether a wheel fits operating system, architecture, C library, macOS release and Python.

Source: the packaging specifications of the PyPA, platform compatibility tags, PEP 600 (manylinux) and PEP 656 (musllinux).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import MUSL
from drivetrain.words import say

_LEGACY = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}
_NUMBERED = re.compile(r"^(manylinux|musllinux|macosx)_(\d+)_(\d+)_(\w+)$")
_ARCHITECTURES = {"x86_64": ("x86_64", "universal2", "intel", "fat64", "universal"), "arm64": ("arm64", "universal2")}
"""What macOS tags of each architecture end in; source: `packaging.tags.mac_platforms`."""
_INTERPRETER = re.compile(r"^(cp|py)(\d)(\d*)(t?)$")


@lru_cache(maxsize=4096)
def platform_fits(tag: str, platform: str, release: str | None) -> bool:
    """Tells whether a platform tag ("manylinux_2_28_x86_64.manylinux2014_x86_64") serves a platform ("linux-x86_64").

    `release` is the system's own: its glibc ("2.35"), its musl ("musl 1.2") or its macOS ("14.5"). None: not known, which permits all but musl's wheels,
    since a Linux of which nothing is said has glibc.
    """
    return any(_one_fits(each, platform, release) for each in tag.split("."))


@lru_cache(maxsize=4096)
def needed_release(tag: str) -> str | None:
    """Gives the lowest release of the system ("2.28", "musl 1.1", "14.0") that one tag of a compressed set asks for, or None where none asks."""
    needs = [need for each in tag.split(".") if (need := _release_of(each)) is not None]
    return min(needs, key=lambda each: dotted(each.removeprefix(MUSL)), default=None)


def _release_of(tag: str) -> str | None:
    if found := _NUMBERED.match(tag):
        return f"{MUSL if found[1] == 'musllinux' else ''}{found[2]}.{found[3]}"
    return next((need for name, need in _LEGACY.items() if tag.startswith(f"{name}_")), None)


def _one_fits(tag: str, platform: str, release: str | None) -> bool:
    if tag == "any":
        return True
    os, arch = platform.split("-")
    if os == "windows":
        return tag == {"x86_64": "win_amd64", "aarch64": "win_arm64"}.get(arch)
    need = _release_of(tag)
    if os == "macos":
        found = _NUMBERED.match(tag)
        return bool(found) and tag.startswith("macosx_") and tag.endswith(tuple(f"_{each}" for each in _ARCHITECTURES[arch])) and _reaches(release, need)
    if not tag.endswith(f"_{arch}") or tag.startswith("macosx_"):
        return False
    return tag.startswith("linux_") or (need is not None and _reaches(release, need))


def _reaches(release: str | None, need: str | None) -> bool:
    """A wheel of one C library never serves the other, whatever their numbers."""
    if need is None or release is None:
        return need is None or not need.startswith(MUSL)
    if need.startswith(MUSL) or release.startswith(MUSL):
        return need.startswith(MUSL) and release.startswith(MUSL) and at_least(release.removeprefix(MUSL), need.removeprefix(MUSL))
    return at_least(release, need)


def misfit(tags: Iterable[str], platform: str, release: str | None, *, name: str, version: str) -> tuple[str, str]:
    """Gives cause and words where none of these platform tags serves the system: another platform, or a newer release of this one."""
    needs = sorted({need for each in tags if _is_of(each, platform) and (need := needed_release(each))}, key=lambda each: dotted(each.removeprefix(MUSL)))
    own = [each for each in needs if release is not None and each.startswith(MUSL) == release.startswith(MUSL)]
    if own and release is not None:
        library = "macOS" if platform.startswith("macos") else "musl" if release.startswith(MUSL) else "glibc"
        cause = {"macOS": "macos-version-too-old", "glibc": "glibc-too-old"}.get(library, "platform-without-build")
        need, has = own[0].removeprefix(MUSL), release.removeprefix(MUSL)
        return cause, say("{name} {version} needs {library} {need}, this system has {has}", name=name, version=version, library=library, need=need, has=has)
    if needs and release is not None and release.startswith(MUSL):
        return "platform-without-build", say(
            "{name} {version}: the wheels that are known are for glibc, and this system has {has}", name=name, version=version, has=release
        )
    return "platform-without-build", say("{name} {version} has no wheel for {platform}", name=name, version=version, platform=platform)


def _is_of(tag: str, platform: str) -> bool:
    return platform_fits(tag, platform, None) or platform_fits(tag, platform, f"{MUSL}999")


@lru_cache(maxsize=4096)
def interpreter_fits(tags: str, python: str) -> bool:
    """Tells whether the interpreter and ABI tags ("cp39.cp310-abi3") of a wheel serve CPython ("3.12", never the free-threaded build)."""
    interpreters, abi = tags.split("-")[:2]
    wanted = tuple(int(part) for part in python.split(".")[:2])
    return any(_interpreter_fits(each, abi, wanted) for each in interpreters.split("."))


def _interpreter_fits(interpreter: str, abi: str, wanted: tuple[int, ...]) -> bool:
    found = _INTERPRETER.match(interpreter)
    if not found or found[4] or abi.endswith("t"):
        return False
    major, minor = int(found[2]), int(found[3]) if found[3] else None
    if major != wanted[0]:
        return False
    if found[1] == "py" or abi == "abi3":
        return minor is None or minor <= wanted[1]
    return minor == wanted[1]
