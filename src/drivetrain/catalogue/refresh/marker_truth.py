"""Judges every marker of what an index says on every platform and Python that the catalogue knows, with the `packaging` library."""

from __future__ import annotations

import re

from drivetrain.catalogue.relations.markers import marker_environment, marker_holds
from drivetrain.model.catalogue import PLATFORMS, PYTHONS, Distribution, MarkerTruth

_EXTRA = re.compile(r"""extra == ["']([^"']+)["']""")


def truths_of(distributions: tuple[Distribution, ...]) -> tuple[MarkerTruth, ...]:
    """Gives where each marker holds, without an extra and with each extra that it names."""
    markers = {
        requirement.marker
        for distribution in distributions
        for release in distribution.releases
        for requires in (release.requires, *(requires for _, requires in release.requires_on))
        for requirement in requires
        if requirement.marker
    }
    return tuple(MarkerTruth(marker, extra, _bits(marker, extra)) for marker in sorted(markers) for extra in ("", *sorted(set(_EXTRA.findall(marker)))))


def _bits(marker: str, extra: str) -> int:
    bits = 0
    for platform_number, platform in enumerate(PLATFORMS):
        os, arch = platform.split("-")
        for python_number, python in enumerate(PYTHONS):
            if marker_holds(marker, marker_environment(os, {"arm64": "aarch64"}.get(arch, arch), python), extra):
                bits |= 1 << (platform_number * len(PYTHONS) + python_number)
    return bits
