"""Gives the builds of conda-forge that can be chosen for a target on which everything comes from there."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.conda import PLACE, CondaBuild
from drivetrain.catalogue.families import is_cudnn
from drivetrain.catalogue.line_dates import dates_of
from drivetrain.catalogue.plain_build import code_of_targets, deciding_libraries, measured
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.build import Build, Target
from drivetrain.model.catalogue import LibraryCode, Wheel

_PLATFORM_TAGS = {"windows-x86_64": "win_amd64", "macos-arm64": "macosx_11_0_arm64", "macos-x86_64": "macosx_10_13_x86_64"}


def conda_builds_of(catalogue: Catalogue, distribution: str, target: Target) -> tuple[Build, ...]:
    """Gives every build of a distribution that the recipes name for this platform, newest first, and each release that they do not build."""
    rows = catalogue.conda_builds.get(distribution, ())
    dates = dates_of(catalogue, distribution)
    made = [_build(catalogue, row, target, dates) for row in rows if target.platform in row.platforms]
    if made:
        made += _only_elsewhere(catalogue, distribution, frozenset(version_of(each.version) for each in made), dates)
    return tuple(sorted(made, key=lambda build: (version_of(build.version), build.build), reverse=True))


def _build(catalogue: Catalogue, row: CondaBuild, target: Target, dates: dict[str, str]) -> Build:
    framework = catalogue.framework(row.distribution)
    return Build(
        distribution=row.distribution,
        version=row.version,
        build=row.build,
        place=PLACE,
        dated=dates.get(row.version, ""),
        family=row.family,
        cuda=row.cuda,
        cudnn=row.version if is_cudnn(row.distribution) else None,
        brings_cuda=row.family is not None,
        # A recipe's system and interpreter, written as a wheel's tags say them: the same relations judge both.
        wheels=tuple(Wheel(f"{each}-{each}-{_platform_tag(target.platform, row.glibc)}") for each in row.pythons),
        pythons=None if row.pythons else ("py3",),
        requires=row.requires,
        code=code_of_targets(framework, row.targets, row.sources) if framework else _code(catalogue, row, target),
        typed=tuple(each.format(version=row.version, build=row.build) for each in row.specs),
        sources=row.sources,
    )


def _platform_tag(platform: str, glibc: str) -> str:
    os, arch = platform.split("-")
    return f"manylinux_{(glibc or '2.17').replace('.', '_')}_{arch}" if os == "linux" else _PLATFORM_TAGS[platform]


def _code(catalogue: Catalogue, row: CondaBuild, target: Target) -> tuple[LibraryCode, ...] | None:
    """Gives the code of NVIDIA's wheel of the same version: conda-forge packs the same archive."""
    if not is_cudnn(row.distribution) or row.family is None:
        return None
    wheel = f"nvidia-cudnn-cu{row.family}"
    return measured(catalogue, (wheel, row.version), deciding_libraries(wheel), (target.platform,))


def _only_elsewhere(catalogue: Catalogue, distribution: str, built: frozenset[Version], dates: dict[str, str]) -> Iterator[Build]:
    """Gives the further releases of the package index, so that a plan can say why it has none of them."""
    for release in catalogue.releases(distribution):
        version = version_of(release.version)
        if version not in built:
            yield Build(
                distribution=distribution,
                version=release.version,
                dated=dates.get(release.version, ""),
                prerelease=version.is_prerelease,
                yanked=release.yanked,
            )
