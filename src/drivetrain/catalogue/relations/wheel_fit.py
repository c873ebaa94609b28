"""Whether a wheel fits operating system, architecture, C library and Python.

Source: the packaging specifications of the PyPA, platform compatibility tags, PEP 600 (manylinux) and PEP 656 (musllinux).
"""

from __future__ import annotations

import re
from functools import lru_cache

from drivetrain.model.dotted import dotted

_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MANYLINUX = re.compile(r"^manylinux_(\d+)_(\d+)_(\w+)$")
_INTERPRETER = re.compile(r"^(cp|py)(\d)(\d*)(t?)$")


@lru_cache(maxsize=4096)
def platform_fits(tag: str, platform: str, glibc: str | None) -> bool:
    """Tells whether a platform tag ("manylinux_2_28_x86_64.manylinux2014_x86_64") serves a platform ("linux-x86_64") with this glibc."""
    return any(_one_fits(each, platform, glibc) for each in tag.split("."))


def needed_glibc(tag: str) -> tuple[int, int] | None:
    """Gives the lowest glibc that one of the tags of a compressed set asks for, or None where none asks."""
    needs = [need for each in tag.split(".") if (need := _glibc_of(each)) is not None]
    return min(needs) if needs else None


def _glibc_of(tag: str) -> tuple[int, int] | None:
    if found := _MANYLINUX.match(tag):
        return int(found[1]), int(found[2])
    return next((need for name, need in _LEGACY.items() if tag.startswith(f"{name}_")), None)


def _one_fits(tag: str, platform: str, glibc: str | None) -> bool:
    if tag == "any":
        return True
    os, arch = platform.split("-")
    if os == "windows":
        return tag == {"x86_64": "win_amd64", "aarch64": "win_arm64"}.get(arch)
    if os == "macos":
        return tag.startswith("macosx_") and (tag.endswith(f"_{arch}") or "universal2" in tag or (arch == "x86_64" and tag.endswith("_intel")))
    if not tag.endswith(f"_{arch}"):
        return False
    if tag.startswith("linux_"):
        return True
    need = _glibc_of(tag)
    return need is not None and (glibc is None or dotted(glibc)[:2] >= need)


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
