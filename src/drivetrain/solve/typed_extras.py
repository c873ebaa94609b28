"""What a person typed in brackets: an extra that brings CUDA binds the family, the others go with the distribution as they are."""

from __future__ import annotations

import re

from drivetrain.model.build import Build, Framework
from drivetrain.model.request import Wish

_NAMES_FAMILY = re.compile(r"cuda-?(\d{2})")
"""jax had `cuda12-pip`, `cuda12-local` and `cuda12` over the years; source: METADATA of its releases on the package index."""


def normal(extra: str) -> str:
    """Gives the one spelling of an extra; source: the packaging specifications of the PyPA, names and normalisation."""
    return re.sub(r"[-_.]+", "-", extra).lower()


def families_of(extra: str, framework: Framework | None) -> frozenset[int]:
    """Gives the CUDA families that an extra of a framework stands for; none for an extra that brings no CUDA."""
    if framework is None:
        return frozenset()
    own = frozenset(family for family, name in framework.extras if name == normal(extra))
    found = _NAMES_FAMILY.match(normal(extra))
    return own or (frozenset({int(found[1])}) if found and framework.extras else frozenset())


def brings_cuda(wish: Wish, framework: Framework | None) -> tuple[str, ...]:
    """Gives those of a wish's extras that bring CUDA."""
    return brings_cuda_of(wish.extras, framework)


def brings_cuda_of(extras: tuple[str, ...], framework: Framework | None) -> tuple[str, ...]:
    """Gives those of these extras that bring CUDA."""
    return tuple(each for each in extras if families_of(each, framework))


def fits(build: Build, extras: tuple[str, ...], framework: Framework | None) -> bool:
    """Tells whether a build is of the family that each of the typed extras stands for; one without CUDA is judged elsewhere."""
    asked = [families for each in extras if (families := families_of(each, framework))]
    if build.family is None:
        return not asked or bool(frozenset.intersection(*asked))
    return all(build.family in families for families in asked)


def mixed(extras: tuple[str, ...], framework: Framework | None) -> bool:
    """Tells whether extras that are each right bring different CUDA majors: no build is of both."""
    asked = [families for each in extras if (families := families_of(each, framework))]
    return bool(asked) and not frozenset.intersection(*asked)


def others(extras: tuple[str, ...], framework: Framework | None) -> tuple[str, ...]:
    """Gives the typed extras that have nothing to do with CUDA: the plan carries them to the resolver."""
    return tuple(dict.fromkeys(normal(each) for each in extras if not families_of(each, framework)))
