"""Evaluates the specifiers that almost all metadata has (`>=2.27.7,<3`, `==12.8.*`, `!=1.26.0`) without the `packaging` library's specifiers.

Loading those takes as long as judging a whole plan's requirements. What is not plain is theirs to answer: pre-releases and local parts in a bound, `===`.
Source: the packaging specifications of the PyPA, version specifiers. A test holds every specifier of the snapshot, and random ones, against the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from packaging.version import Version

Test = Callable[[Version], bool]

_CLAUSE = re.compile(r"\s*(>=|<=|<|>|==|!=|~=)\s*(\d+(?:\.\d+)*)(\.\*)?\s*")


@lru_cache(maxsize=4096)
def clauses_of(specifier: str) -> tuple[Test, ...] | None:
    """Gives one test per clause, pre-releases counting like any other version; None for a specifier that is not plain."""
    found = []
    for clause in specifier.split(","):
        if not clause.strip():
            continue
        match = _CLAUSE.fullmatch(clause)
        test = match and _test(match[1], match[2], bool(match[3]))
        if test is None:
            return None
        found.append(test)
    return tuple(found)


def _test(operator: str, text: str, wildcard: bool) -> Test | None:
    bound = Version(text)
    numbers = bound.release
    if wildcard:
        if operator not in ("==", "!="):
            return None
        return (lambda version: _begins(version, numbers)) if operator == "==" else (lambda version: not _begins(version, numbers))
    if operator == "~=":
        if len(numbers) < 2:
            return None
        return lambda version: version >= bound and _begins(version, numbers[:-1])
    return _COMPARED[operator](bound)


def _public(version: Version) -> Version:
    return Version(version.public) if version.local else version


def _begins(version: Version, numbers: tuple[int, ...]) -> bool:
    return version.epoch == 0 and (version.release + (0,) * len(numbers))[: len(numbers)] == numbers


def _below(bound: Version) -> Test:
    # `<3` means no pre-release of 3 either.
    return lambda version: version < bound and not (version.is_prerelease and _same_base(version, bound))


def _above(bound: Version) -> Test:
    # `>2.1` means neither a post-release of 2.1 nor its local builds.
    def above(version: Version) -> bool:
        return (
            version > bound and not (version.is_postrelease and _same_base(version, bound)) and not (version.local is not None and _same_base(version, bound))
        )

    return above


def _same_base(version: Version, bound: Version) -> bool:
    return Version(version.base_version) == bound


_COMPARED: dict[str, Callable[[Version], Test]] = {
    # A local build sorts after its release, so that this one needs no look at the local part.
    ">=": lambda bound: lambda version: version >= bound,
    "<=": lambda bound: lambda version: _public(version) <= bound,
    "==": lambda bound: lambda version: _public(version) == bound,
    "!=": lambda bound: lambda version: _public(version) != bound,
    "<": _below,
    ">": _above,
}
