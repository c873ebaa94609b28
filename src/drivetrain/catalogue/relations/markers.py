"""Evaluates requirement markers and specifiers for a target, with the versions counted once.

Source: the packaging specifications of the PyPA, dependency specifiers; the evaluation is the `packaging` library's, but for plain specifiers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.version import Version

from drivetrain.catalogue.relations.specifiers import clauses_of

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet

_EXACT = re.compile(r"==\d+(?:\.\d+)*")
"""A pin without wildcard or local part: among versions without local parts it is a look-up."""
_SYSTEMS = {"linux": ("linux", "Linux", "posix"), "windows": ("win32", "Windows", "nt"), "macos": ("darwin", "Darwin", "posix")}


@lru_cache(maxsize=64)
def marker_environment(os: str, arch: str, python: str) -> tuple[tuple[str, str], ...]:
    """Gives the marker variables of CPython `python` ("3.12") on an operating system family and architecture."""
    sys_platform, system, os_name = _SYSTEMS[os]
    machine = {("windows", "x86_64"): "AMD64", ("windows", "aarch64"): "ARM64", ("macos", "aarch64"): "arm64"}.get((os, arch), arch)
    full = python if python.count(".") > 1 else f"{python}.0"
    return (
        ("implementation_name", "cpython"),
        ("implementation_version", full),
        ("os_name", os_name),
        ("platform_machine", machine),
        ("platform_python_implementation", "CPython"),
        ("platform_release", ""),
        ("platform_system", system),
        ("platform_version", ""),
        ("python_full_version", full),
        ("python_version", ".".join(full.split(".")[:2])),
        ("sys_platform", sys_platform),
    )


@lru_cache(maxsize=8192)
def marker_holds(marker: str, environment: tuple[tuple[str, str], ...], extra: str = "") -> bool:
    """Tells whether a marker holds; an empty one always does."""
    return not marker or _parsed(marker).evaluate({**dict(environment), "extra": extra})


@lru_cache(maxsize=2048)
def _parsed(marker: str) -> Marker:
    from packaging.markers import Marker  # 20 ms, and most markers were judged when the snapshot was made

    return Marker(marker)


@lru_cache(maxsize=16384)
def version_of(text: str) -> Version:
    """Gives the PEP 440 version, parsed once."""
    return Version(text)


@lru_cache(maxsize=4096)
def specifier_of(text: str) -> SpecifierSet:
    """Gives the PEP 440 specifier set, parsed once; an unreadable old one permits everything."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # 10 ms, and few specifiers are not plain

    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet("")


@lru_cache(maxsize=65536)
def satisfies(version: str, specifier: str) -> bool:
    """Tells whether a version satisfies a specifier; pre-releases count, since the candidates were chosen before."""
    if not specifier:
        return True
    own = version_of(version)
    tests = clauses_of(specifier)
    return specifier_of(specifier).contains(own, prereleases=True) if tests is None else all(test(own) for test in tests)


def names_prerelease(specifier: str) -> bool:
    """Tells whether a specifier asks for a pre-release by naming one."""
    return clauses_of(specifier) is None and bool(specifier_of(specifier).prereleases)


class Versions:
    """The versions of one distribution, so that a specifier is asked of all of them at once: several times quicker than one by one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = frozenset(texts)
        # `version_of` gives the same object for the same text, and the library's filter gives back the objects that it was given.
        self._parsed = [version_of(text) for text in texts]
        self._text_of = {id(version): text for version, text in zip(self._parsed, texts, strict=True)}
        self._exact = {} if any("+" in text for text in texts) else dict(zip(self._parsed, texts, strict=True))

    def satisfying(self, specifier: str) -> frozenset[str]:
        """Gives those versions that satisfy a specifier."""
        if not specifier:
            return self.texts
        if self._exact and _EXACT.fullmatch(specifier):
            found = self._exact.get(version_of(specifier[2:]))
            return frozenset() if found is None else frozenset((found,))
        tests = clauses_of(specifier)
        if tests is None:
            return frozenset([self._text_of[id(version)] for version in specifier_of(specifier).filter(self._parsed, prereleases=True)])
        fitting = self._parsed
        for test in tests:
            fitting = [version for version in fitting if test(version)]
        return frozenset([self._text_of[id(version)] for version in fitting])


@lru_cache(maxsize=65536)
def matches_prefix(version: str, specifier: str) -> bool:
    """Tells whether a component's version satisfies a specifier whose `==` and `!=` match by prefix (`==3.11` takes 3.11.7)."""
    return all(_clause_matches(version, clause.strip()) for clause in specifier.split(",") if clause.strip())


def _clause_matches(version: str, clause: str) -> bool:
    for operator in ("==", "!="):
        if clause.startswith(operator) and not clause.startswith("==="):
            bound = clause[len(operator) :].strip().removesuffix(".*").split(".")
            return (version.split(".")[: len(bound)] == bound) == (operator == "==")
    for operator in ("<=", ">"):
        # `<=12.4` means the whole of 12.4, and `>12.4` none of it.
        if clause.startswith(operator) and not clause.startswith(">="):
            bound_text = clause[len(operator) :].strip()
            cut = ".".join(version.split(".")[: bound_text.count(".") + 1])
            return satisfies(cut, f"{operator}{bound_text}")
    return satisfies(version, clause)
