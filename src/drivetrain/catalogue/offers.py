"""Gives the builds that can be chosen: index releases joined with the framework's build rows and the device code that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from drivetrain.catalogue import CONDA_LIBRARIES, Catalogue
from drivetrain.catalogue.companions import companion_builds
from drivetrain.catalogue.families import family_of, is_cudnn, is_runtime
from drivetrain.catalogue.framework_builds import framework_builds, made_against
from drivetrain.catalogue.line_dates import line_dates, line_parts_of
from drivetrain.catalogue.local_builds import local_builds
from drivetrain.catalogue.page_wheels import framework_of_page, has_page_wheels, page_builds
from drivetrain.catalogue.plain_build import build_code, plain_build, requires_on
from drivetrain.catalogue.published import Reading, published_builds, releases_of
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import Release, Requirement


def builds_of(catalogue: Catalogue, distribution: str, target: Target, version: str = "") -> tuple[Build, ...]:
    """Gives every build of a distribution that the target's platform could take, newest first, before any relation is asked.

    Whoever asks for one version gets those of that release; others of it may be among them, where builds come from elsewhere than the index.
    """
    if distribution in CONDA_LIBRARIES:
        return tuple(_conda_builds(catalogue, distribution, target))
    framework = catalogue.framework(distribution)
    if framework is not None and framework.names:
        return _published_builds(catalogue, framework, distribution, target)
    companion_of = catalogue.framework_of_companion(distribution)
    releases = catalogue.releases(distribution)
    dates = line_dates(releases, line_parts_of(catalogue, distribution))
    made: list[Build] = []
    for release in releases if not version else (each for each in releases if each.version == version):
        offered: Iterable[Build]
        if framework is not None and distribution in (framework.distribution, framework.nightly):
            offered = framework_builds(catalogue, framework, distribution, release, target)
        elif companion_of is not None and (row := catalogue.companion(distribution)) is not None:
            plain = plain_build(catalogue, distribution, release, target)
            offered = companion_builds(row, companion_of, plain, target, catalogue.releases(companion_of.distribution))
        elif companion_of is not None:
            offered = _companion_builds(catalogue, companion_of, distribution, release, target)
        else:
            offered = (plain_build(catalogue, distribution, release, target),)
        made.extend(msgspec.structs.replace(each, dated="" if each.from_source else dates.get(release.version, release.released)) for each in offered)
    if framework_of_page(catalogue, distribution):
        made = [msgspec.structs.replace(each, variant="index") for each in made]
    if has_page_wheels(catalogue, distribution):
        made.extend(msgspec.structs.replace(each, dated=dates.get(each.version.split("+")[0], "")) for each in page_builds(distribution))
    made.extend(local_builds(catalogue, distribution, target, dates))
    return tuple(sorted(made, key=lambda build: (version_of(build.version), build.build), reverse=True))


def _published_builds(catalogue: Catalogue, framework: Framework, distribution: str, target: Target) -> tuple[Build, ...]:
    """Gives the builds of a framework whose wheels have names of their own; asked for by one of those names, only these."""
    dates = line_dates(releases_of(catalogue, framework), framework.line_parts)
    reading = Reading(
        plain=lambda name, release: plain_build(catalogue, name, release, target),
        code=lambda name, build, row: build_code(catalogue, framework, (name, build.version), msgspec.structs.replace(row, platforms=(target.platform,))),
        made_against=made_against,
    )
    made = [
        msgspec.structs.replace(each, dated=dates.get(each.version, each.dated))
        for each in published_builds(catalogue, framework, target, reading)
        if distribution == framework.distribution or each.wheel_name == distribution
    ]
    return tuple(sorted(made, key=lambda build: (version_of(build.version), build.wheel_name, build.build), reverse=True))


def is_plain(catalogue: Catalogue, distribution: str) -> bool:
    """Tells whether each release of a distribution is one build: no framework, no companion, nothing of another place."""
    return (
        distribution not in CONDA_LIBRARIES
        and catalogue.framework(distribution) is None
        and catalogue.framework_of_companion(distribution) is None
        and not has_page_wheels(catalogue, distribution)
        and all(each.distribution != distribution for each in catalogue.local_wheels)
    )


def _companion_builds(catalogue: Catalogue, framework: Framework, distribution: str, release: Release, target: Target) -> Iterator[Build]:
    """Gives a companion's builds: the index's, and one per variant of its framework's own index."""
    build = plain_build(catalogue, distribution, release, target)
    own, labels = _labels(catalogue, framework, release, target)
    build = msgspec.structs.replace(build, requires=(*build.requires, *_paired(catalogue, framework, build)), build=own, variant="index")
    yield build
    for label in labels:
        yield msgspec.structs.replace(
            build,
            build=label,
            local=label,
            place=framework.wheel_index[0] if framework.wheel_index else "",
            variant="index" if label == own else label,
            wheels=(),
            pythons=_pythons(release),
        )


def _paired(catalogue: Catalogue, framework: Framework, build: Build) -> Iterator[Requirement]:
    """Where a companion's metadata names no release of its framework: the one it was released with, or a newer one after the last pair."""
    mates = [mate for version, mate in catalogue.pairs.get(build.distribution, ()) if version == build.version]
    # Wheels of torchvision up to 0.14 for macOS and for aarch64 require torch in any version, those for other platforms their own.
    if not mates or any(each.name == framework.distribution and each.specifier for each in build.requires):
        return
    lowest, highest = min(mates, key=version_of), max(mates, key=version_of)
    newest = max((mate for _, mate in catalogue.pairs[build.distribution]), key=version_of)
    yield Requirement(framework.distribution, f">={lowest}" if highest == newest else f">={lowest},<={highest}")


def _labels(catalogue: Catalogue, framework: Framework, companion: Release, target: Target) -> tuple[str, tuple[str, ...]]:
    """Gives which variant of the framework's release that it pins the index's companion goes with, and the others, on the framework's own index."""
    pins = [each.specifier for each in requires_on(companion, target.platform) if each.name == framework.distribution]
    rows = [
        row
        for row in (catalogue.facts(framework.name) if pins else ())
        if target.platform in row.platforms and all(satisfies(row.version, pin) for pin in pins)
    ]
    own = {row.build for row in rows if "index" in row.places and row.cuda}
    return next(iter(own)) if len(own) == 1 else "", tuple(sorted({row.build for row in rows if "index" not in row.places}))


def _pythons(release: Release) -> tuple[str, ...]:
    return tuple(sorted({part for wheel in release.wheels for part in wheel.tags.split("-")[0].split(".")}))


def _conda_builds(catalogue: Catalogue, distribution: str, target: Target) -> Iterator[Build]:
    for row in sorted(catalogue.conda.get(distribution, ()), key=lambda row: version_of(row.version), reverse=True):
        if target.platform in row.platforms:
            yield Build(
                distribution=distribution,
                version=row.version,
                place="conda-forge",
                family=family_of(distribution, row.version),
                cuda=".".join(row.version.split(".")[:2]) if is_runtime(distribution) else None,
                cudnn=row.version if is_cudnn(distribution) else None,
                brings_cuda=True,
                pythons=("py3",),
                sources=row.sources,
            )
