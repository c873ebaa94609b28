"""Gives the date that counts for each release: that of the first final of its line."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.catalogue import Release


def line_dates(releases: tuple[Release, ...], line_parts: tuple[tuple[str, int], ...]) -> dict[str, str]:
    """Gives for each version the date of the first final of its line, or of a higher line if that is earlier."""
    lines: dict[tuple[int, ...], str] = {}
    of_version: dict[str, tuple[int, ...]] = {}
    for release in releases:
        version = version_of(release.version)
        parts = next((count for since, count in line_parts if version >= version_of(since)), 2)
        line = of_version[release.version] = (*version.release, 0, 0)[:parts]
        if release.released and not version.is_prerelease:
            lines[line] = min(release.released, lines.get(line, "9999"))
    earliest = "9999"
    for line in sorted(lines, reverse=True):
        earliest = lines[line] = min(earliest, lines[line])
    return {version: lines[line] for version, line in of_version.items() if line in lines}


def dates_of(catalogue: Catalogue, distribution: str) -> dict[str, str]:
    """Gives the date that counts for each release of a distribution."""
    return line_dates(catalogue.releases(distribution), line_parts_of(catalogue, distribution))


def line_parts_of(catalogue: Catalogue, distribution: str) -> tuple[tuple[str, int], ...]:
    framework = catalogue.framework(distribution)
    companion = catalogue.companion(distribution)
    return framework.line_parts if framework else (("0", companion.line_parts if companion else 2),)
