"""Says what pip and uv would do with a file without a word: take an extra for nothing, a release that cannot start, a place that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.catalogue import Break, Release
from drivetrain.model.plan import Finding, Plan, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.solve.typed_extras import families_of, normal
from drivetrain.words import say


def silent_faults(answer: Plan | Refusal, request: Request, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Gives what is worth saying; of what comes from a file its line is told."""
    found = [*_read(request), *_nightly(request), *_unknown_wheels(request, catalogue)]
    if isinstance(answer, Plan):
        found += [*_extras(answer, request, catalogue), *_moved_on(answer, request, catalogue), *_broken(answer, request, catalogue)]
    return tuple(dict.fromkeys(found))


def _read(request: Request) -> Iterator[Finding]:
    """What a file says to no effect was seen while it was read."""
    for cause, says in request.notes:
        yield Finding(cause=cause, says=says)


def _nightly(request: Request) -> Iterator[Finding]:
    for address in dict.fromkeys((*request.indexes, *request.find_links, *(each.index for each in request.wishes))):
        if "/nightly" in address:
            says = say("{address} holds nightly builds, which are in no catalogue: nothing is planned from there", address=address)
            yield Finding(cause="source-not-counted", says=says)


def _unknown_wheels(request: Request, catalogue: Catalogue) -> Iterator[Finding]:
    """The address of a framework's wheel that the catalogue does not know goes to uv as it is."""
    for wish in request.wishes:
        framework = catalogue.framework(wish.name) if wish.url and not wish.specifier else None
        if framework is not None:
            says = say(
                "{place}{name} by its address is a build that no catalogue knows: whether it uses this GPU is not known, and nothing is planned around it",
                place=_place(wish),
                name=framework.distribution,
            )
            yield Finding(cause="catalogue-incomplete", says=says)


def _extras(plan: Plan, request: Request, catalogue: Catalogue) -> Iterator[Finding]:
    """pip and uv warn of an extra that is not there, among hundreds of lines, and install without it."""
    for wish in request.wishes:
        framework = catalogue.framework(wish.name)
        package = plan.package(framework.distribution if framework else wish.name)
        release = _release(package.name, package.version, catalogue) if package and not wish.url else None
        if package is None or release is None or plan.engine != "pip":
            continue
        for extra in wish.extras:
            if not _declares(release, extra) and (_declares_any(release) or families_of(extra, framework)):
                cuda = families_of(extra, framework) and package.extras
                says = say(
                    "{place}{name} {version} has no extra {extra}: pip and uv only warn, and install it without",
                    place=_place(wish),
                    name=package.name,
                    version=package.version,
                    extra=extra,
                )
                instead = say("; planned as {name}[{extras}]", name=package.name, extras=",".join(package.extras)) if cuda else ""
                yield Finding(cause="extra-not-in-release", says=says + instead)


def _declares(release: Release, extra: str) -> bool:
    return any(
        f'"{normal(extra)}"' in normal_marker or f"'{normal(extra)}'" in normal_marker for each in release.requires if (normal_marker := each.marker.lower())
    )


def _declares_any(release: Release) -> bool:
    return any("extra" in each.marker for each in release.requires)


def _moved_on(plan: Plan, request: Request, catalogue: Catalogue) -> Iterator[Finding]:
    """A framework without an upper bound is its newest release to pip and uv, whose CUDA the driver may not serve."""
    for wish in request.wishes:
        framework = catalogue.framework(wish.name)
        of_conda = wish.origin.rpartition(":")[0].endswith((".yml", ".yaml"))
        if framework is None or not wish.origin or of_conda or wish.url or _is_bounded(wish.specifier) or wish.index:
            continue
        newest = _newest(framework.distribution, (wish.specifier,), catalogue)
        package = plan.package(framework.distribution)
        if newest is None or package is None or package.version == newest.version:
            continue
        left_out = [each for each in plan.reasons if each.about == framework.distribution and each.cause == "driver-too-old-for-cuda"]
        if left_out:
            says = say(
                "{place}{name} has no upper bound: pip and uv take {version}, whose CUDA this driver does not serve, and say nothing",
                place=_place(wish),
                name=wish.name,
                version=newest.version,
            )
            yield Finding(cause="driver-too-old-for-cuda", says=says)


def _is_bounded(specifier: str) -> bool:
    return any(clause.strip().startswith(("==", "<", "~=", "===")) for clause in specifier.split(","))


def _broken(plan: Plan, request: Request, catalogue: Catalogue) -> Iterator[Finding]:
    """What resolves and cannot be imported: a release that metadata lets in beside another, and that the catalogue knows to break it."""
    if not any(each.origin for each in request.wishes) or plan.engine != "pip":
        return
    for each in catalogue.breaks:
        mine, theirs = plan.package(each.distribution), plan.package(each.other)
        if mine is None or theirs is None or not satisfies(mine.version, each.versions):
            continue
        newest = _newest(each.other, (*_asked(each.other, request, catalogue), *_required(each.other, plan, catalogue)), catalogue)
        if newest is not None and newest.version != theirs.version and satisfies(newest.version, each.other_versions):
            yield _told(each, mine.version, newest.version, theirs.version)


def _told(each: Break, version: str, naive: str, planned: str) -> Finding:
    says = say(
        "pip and uv take {other} {naive} beside {name} {version}: {why}; planned with {planned}",
        other=each.other,
        naive=naive,
        name=each.distribution,
        version=version,
        why=each.says,
        planned=planned,
    )
    return Finding(cause=each.cause, says=says)


def _asked(name: str, request: Request, catalogue: Catalogue) -> list[str]:
    return [each.specifier.split("+")[0] for each in (*request.wishes, *request.constraints) if each.name == name and each.specifier]


def _required(name: str, plan: Plan, catalogue: Catalogue) -> list[str]:
    found = []
    for package in plan.packages:
        release = _release(package.name, package.version, catalogue)
        found += [each.specifier for each in (release.requires if release else ()) if each.name == name and each.specifier and not each.marker]
    return found


def _release(name: str, version: str, catalogue: Catalogue) -> Release | None:
    return next((each for each in catalogue.releases(name) if each.version == version), None)


def _newest(name: str, specifiers: tuple[str, ...], catalogue: Catalogue) -> Release | None:
    """Gives the newest final release that these let in: what a resolver takes that knows nothing of GPUs."""
    for release in catalogue.releases(name):
        if not release.yanked and not version_of(release.version).is_prerelease and all(satisfies(release.version, each) for each in specifiers if each):
            return release
    return None


def _place(wish: Wish) -> str:
    return f"{wish.origin}: " if wish.origin else ""
