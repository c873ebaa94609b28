"""Which CUDA release a library belongs to, as the cuda-toolkit metapackage of that release pins it."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import is_cuda_library
from drivetrain.catalogue.relations.markers import Versions, version_of


def cuda_releases(catalogue: Catalogue, distribution: str, version: str) -> frozenset[int]:
    """Gives the CUDA releases that a library belongs to, 1208 for 12.8; none for one that no release pins."""
    if not is_cuda_library(distribution):
        return frozenset()
    known: dict[str, dict[str, frozenset[int]]] = catalogue.memory.setdefault("cuda-releases", {})
    if distribution not in known:
        members: dict[str, set[int]] = {}
        versions = Versions([each.version for each in catalogue.releases(distribution)])
        for release, specifier in _pins(catalogue).get(distribution, ()):
            for each in versions.satisfying(specifier):
                members.setdefault(each, set()).add(release)
        known[distribution] = {each: frozenset(releases) for each, releases in members.items()}
    return known[distribution].get(version, frozenset())


def _pins(catalogue: Catalogue) -> dict[str, list[tuple[int, str]]]:
    """Gives per distribution (release, specifier), computed once per catalogue."""
    kept: dict[str, list[tuple[int, str]]] | None = catalogue.memory.get("toolkit-pins")
    if kept is not None:
        return kept
    pins: dict[str, list[tuple[int, str]]] = {}
    for release in catalogue.releases("cuda-toolkit"):
        if version_of(release.version).is_prerelease:
            continue
        major, minor = release.version.split(".")[:2]
        for each in release.requires:
            row = (int(major) * 100 + int(minor), each.specifier)
            if row not in pins.setdefault(each.name, []):
                pins[each.name].append(row)
    catalogue.memory["toolkit-pins"] = pins
    return pins
