"""Gives what the catalogue holds, as a whole or of one distribution, with sources and ages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drivetrain.errors import UsageError
from drivetrain.model.listing import CatalogueFacts, CatalogueSummary, FrameworkRow, KnownBreak, KnownBuild, KnownCode, KnownRelease
from drivetrain.words import say
from drivetrain.workflows.cache import shipped_path

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.catalogue.held import HeldSnapshot
    from drivetrain.model.catalogue import Release, Requirement


def catalogue_summary(cache: Path, name: str | None = None) -> CatalogueSummary:
    """Gives every distribution of the catalogue, the frameworks first, or all that is known of one; raises UsageError for an unknown one."""
    from drivetrain.frameworks import catalogue
    from drivetrain.workflows.fact_files import fact_files, overlay_of
    from drivetrain.workflows.facts import counts, day_of

    overlay = overlay_of(cache)
    facts = catalogue(_kept(cache) if overlay is not None and counts(Path(overlay.path)) else None)
    rows = framework_rows(facts)
    return CatalogueSummary(
        as_of=facts.as_of,
        shipped=day_of(shipped_path()),
        overlay=overlay,
        frameworks=rows,
        files=fact_files() if name is None else (),
        facts=facts_of(facts, name) if name else None,
    )


def framework_rows(facts: Catalogue) -> tuple[FrameworkRow, ...]:
    """Gives one row for each distribution, the frameworks first."""
    first = {each.distribution for each in facts.frameworks}
    rows = []
    for each in sorted(facts.snapshot.distributions, key=lambda each: (each.name not in first, each.name)):
        newest = newest_final(each.releases)
        rows.append(
            FrameworkRow(
                name=each.name,
                releases=len(each.releases),
                newest=newest.version if newest else "",
                released=newest.released if newest else "",
                checked=each.checked,
                framework=each.name in first,
            )
        )
    return tuple(rows)


def newest_final(releases: tuple[Release, ...]) -> Release | None:
    """Gives the newest release that is neither yanked nor a pre-release."""
    from drivetrain.catalogue.relations.markers import version_of

    return next((each for each in releases if not each.yanked and not version_of(each.version).is_prerelease), None)


def facts_of(facts: Catalogue, name: str) -> CatalogueFacts:
    """Gives all that is known of a distribution; a framework goes by any of its names."""
    from drivetrain.catalogue.refresh.releases import platforms_of

    framework = facts.framework(name)
    distribution = framework.distribution if framework and name not in facts.distributions else name
    if distribution not in facts.distributions:
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(name, sorted(facts.distributions), n=3))
        way = say("the nearest: {names}", names=near) if near else say("every name: {command}", command="drivetrain catalogue show")
        raise UsageError(say("the catalogue knows no {component}", component=name), way)
    own = framework if framework and framework.distribution == distribution else None
    builds = tuple(
        KnownBuild(
            version=row.version, build=row.build, platforms=row.platforms, places=row.places, cuda=row.cuda, cudnn=row.cudnn,
            targets=row.targets, sources=row.sources,
        )
        for row in (facts.facts(own.name) if own else ())
    )  # fmt: skip
    code = tuple(
        KnownCode(
            versions=row.versions,
            library=library.library,
            platforms=row.platforms,
            measured=row.measured,
            targets=(*library.sass, *library.ptx),
            sources=(*row.sources, *library.sources),
        )
        for row in facts.code_rows.get(distribution, ())
        for library in row.libraries
    )
    breaks = tuple(
        KnownBreak(
            distribution=row.distribution, versions=row.versions, other=row.other, other_versions=row.other_versions, cause=row.cause,
            says=row.says, sources=row.sources,
        )
        for row in facts.breaks
        if distribution in (row.distribution, row.other)
    )  # fmt: skip
    releases = tuple(
        KnownRelease(
            version=each.version,
            released=each.released,
            yanked=each.yanked,
            requires_python=each.requires_python,
            platforms=tuple(dict.fromkeys(platform for wheel in each.wheels for platform in platforms_of(wheel.tags))),
            requires=tuple(_line(requirement) for requirement in each.requires),
            read_from=each.read_from,
        )
        for each in facts.releases(distribution)
    )
    named: tuple[KnownBuild | KnownCode | KnownBreak, ...] = (*builds, *code, *breaks)
    every = (*(framework.sources if framework else ()), *(source for each in named for source in each.sources))
    return CatalogueFacts(
        name=distribution,
        title=own.title if own else "",
        releases=releases,
        builds=builds,
        code=code,
        breaks=breaks,
        sources=tuple(dict.fromkeys(every)),
    )


def _line(requirement: Requirement) -> str:
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}{f' ; {requirement.marker}' if requirement.marker else ''}"


def _kept(cache: Path) -> HeldSnapshot:
    from drivetrain.catalogue import read_snapshot
    from drivetrain.workflows.cache import overlay_path

    return read_snapshot(overlay_path(cache))
