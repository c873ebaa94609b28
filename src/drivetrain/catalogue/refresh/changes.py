"""Says what changed between two snapshots of an index."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from drivetrain.model.catalogue import Distribution, Release, Snapshot
from drivetrain.model.listing import Change, What
from drivetrain.words import say


def changes(old: Snapshot | None, new: Snapshot) -> tuple[Change, ...]:
    """Gives the differences in the order of the new snapshot; nothing is new against no snapshot at all."""
    return tuple(_between(old, new)) if old is not None else ()


def _between(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    before = {distribution.name: distribution for distribution in old.distributions}
    for distribution in new.distributions:
        if distribution.name in before:
            yield from _in_one(before.pop(distribution.name), distribution)
        else:
            yield Change(distribution=distribution.name, what="added", says=say("{name} is on the index now", name=distribution.name))
    for name in before:
        yield Change(distribution=name, what="dropped", says=say("{name} is no longer on the index", name=name))


def _in_one(old: Distribution, new: Distribution) -> Iterator[Change]:
    name = new.name
    before = {release.version: release for release in old.releases}
    for release in new.releases:
        known = before.pop(release.version, None)
        if known is None:
            says = say("{name} {version} was released on {day}", name=name, version=release.version, day=release.released or "?")
            yield Change(distribution=name, version=release.version, what="released", says=says)
        else:
            yield from (Change(distribution=name, version=release.version, what=what, says=says) for what, says in _of_release(name, known, release))
    for version in before:
        # A snapshot keeps pre-releases until the final is out: that is no removal.
        if not Version(version).is_prerelease:
            yield Change(distribution=name, version=version, what="removed", says=say("{name} {version} is no longer listed", name=name, version=version))


def _of_release(name: str, old: Release, new: Release) -> Iterator[tuple[What, str]]:
    version = new.version
    if new.yanked and not old.yanked:
        yield "yanked", say("{name} {version} was yanked", name=name, version=version)
    if old.yanked and not new.yanked:
        yield "unyanked", say("{name} {version} is no longer yanked", name=name, version=version)
    if old.wheels != new.wheels:
        yield "wheels", say("{name} {version} has other wheels: {before}, now {now}", name=name, version=version, before=len(old.wheels), now=len(new.wheels))
    if (old.requires, old.requires_on, old.requires_python) != (new.requires, new.requires_on, new.requires_python):
        yield "requirements", say("{name} {version} has other requirements", name=name, version=version)
