"""Reads the named distributions of an index into a `Snapshot`, asking only for what an older one does not already know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timezone
from typing import Any

import msgspec
from msgspec import Struct
from packaging.version import Version

from drivetrain.catalogue.refresh.client import Client, shown
from drivetrain.catalogue.refresh.index_page import IndexFile, linked_files, project_files
from drivetrain.catalogue.refresh.marker_truth import truths_of
from drivetrain.catalogue.refresh.metadata_requirements import requirements_of
from drivetrain.catalogue.refresh.releases import Listed, labelled_builds, listed_releases, newest_python, wheels_to_read
from drivetrain.catalogue.refresh.wheel_metadata import metadata_of
from drivetrain.model.catalogue import Distribution, Labelled, Release, Requirement, Snapshot, Wheel

THREADS = 48
"""A small request takes 70 ms, nearly all of it waiting; uv asks 50 at once by default."""
Progress = Callable[[int, int], None]
"""Called with (read, in all): of the projects' pages first, of the releases then."""


class Wanted(Struct, frozen=True):
    """One distribution to read."""

    name: str
    oldest: str = ""
    """Releases before this one are left out."""
    every_platform: bool = False
    """METADATA is read once for each platform, as the wheels of one release differ (tensorflow, torch, jaxlib)."""
    extras: bool = True
    """False: what its extras require (mostly tests and documentation) is left out."""


class Places(Struct, frozen=True):
    """Where wheels are looked for, as pip's or uv's configuration has it."""

    indexes: tuple[str, ...]
    find_links: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The same without credentials."""
        return tuple(shown(each).rstrip("/") for each in (*self.indexes, *self.find_links))


class Found(Struct, frozen=True):
    """The files of one distribution, and those whose local version makes them another build: by (public version, label, place)."""

    releases: tuple[Listed, ...]
    labelled: dict[tuple[Version, str, str], list[tuple[IndexFile, str]]]


def snapshot_of(
    wanted: Iterable[Wanted], places: Places, *, client: Client | None = None, old: Snapshot | None = None, progress: Progress | None = None
) -> Snapshot:
    """Reads every wanted distribution; one that no place has is left out. Raises IndexUnreachable when a place does not answer."""
    if client is None:
        with Client() as own:
            return snapshot_of(wanted, places, client=own, old=old, progress=progress)
    today = datetime.now(timezone.utc).date().isoformat()
    known = {distribution.name: distribution for distribution in old.distributions} if old else {}
    built = {(each.distribution, each.version, each.local, each.place): each for each in old.labelled} if old else {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="index") as pool:
        try:
            linked = [(place, linked_files(client, place)) for place in places.find_links]
            pages = [(want, pool.submit(_found, client, places.indexes, linked, want)) for want in wanted]
            found = []
            for number, (want, page) in enumerate(pages, 1):
                found.append((want, page.result()))
                if progress is not None:
                    progress(number, len(pages))
            reading = [(want, _begun(pool, client, want, each.releases, known.get(want.name))) for want, each in found]
            labels = [pool.submit(_read_build, client, want, key, files, built) for want, each in found for key, files in each.labelled.items()]
            every: list[Future[Any]] = [*(future for _, futures in reading for future in futures), *labels]
            for done, future in enumerate(as_completed(every), 1):
                future.result()
                if progress is not None:
                    progress(done, len(every))
            distributions = [
                Distribution(name=want.name, releases=tuple(future.result() for future in futures), checked=today) for want, futures in reading if futures
            ]
        except BaseException:
            # Requests under way would be waited for, and tried again: a Ctrl-C must not last a minute.
            client.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    read = tuple(sorted(distributions, key=lambda distribution: distribution.name))
    labelled = tuple(sorted((future.result() for future in labels), key=lambda each: (each.distribution, each.version, each.local, each.place)))
    return Snapshot(as_of=today, places=places.shown, labelled=labelled, markers=truths_of(read), distributions=read)


def _found(client: Client, indexes: Sequence[str], linked: Sequence[tuple[str, Sequence[IndexFile]]], want: Wanted) -> Found:
    files: dict[str, IndexFile] = {}
    labelled: dict[tuple[Version, str, str], list[tuple[IndexFile, str]]] = {}
    for place, kind, listed in (
        *((index, "index", project_files(client, index, want.name)) for index in indexes),
        *((place, "find-links", each) for place, each in linked),
    ):
        for file in listed:
            files[file.filename] = _told_by_both(files[file.filename], file) if file.filename in files else file
        for (version, local), wheels in labelled_builds(want.name, listed, oldest=want.oldest).items():
            labelled[version, local, f"{kind}:{shown(place).rstrip('/')}"] = wheels
    releases = _with_those_of_labels(listed_releases(want.name, files.values(), oldest=want.oldest), labelled)
    # A folder's own builds are looked up by every plan, so that one put there today counts today.
    return Found(releases, {key: wheels for key, wheels in labelled.items() if key[2].startswith("index:") or "://" in key[2]})


def _told_by_both(one: IndexFile, other: IndexFile) -> IndexFile:
    """Gives the file of the first place that has it, with what only another says of it: many mirrors tell neither dates nor yanks."""
    return msgspec.structs.replace(
        one,
        released=one.released or other.released,
        bytes=one.bytes if one.bytes is not None else other.bytes,
        yanked=one.yanked or other.yanked,
        requires_python=one.requires_python or other.requires_python,
    )


def _with_those_of_labels(listed: tuple[Listed, ...], labelled: dict[tuple[Version, str, str], list[tuple[IndexFile, str]]]) -> tuple[Listed, ...]:
    """Adds the finals of which only builds with a label exist: releases without a wheel of their own."""
    known = {Version(each.release.version) for each in listed}
    missing: dict[Version, list[IndexFile]] = {}
    for (version, _, _), wheels in labelled.items():
        if version not in known and not version.is_prerelease:
            missing.setdefault(version, []).extend(file for file, _ in wheels)
    made = [
        Listed(Release(version=str(version), released=_first_day(files), requires_python=files[0].requires_python), {}) for version, files in missing.items()
    ]
    return tuple(sorted((*listed, *made), key=lambda each: Version(each.release.version), reverse=True))


def _first_day(files: Iterable[IndexFile]) -> str:
    return min((file.released for file in files if file.released), default="")


def _read_build(
    client: Client,
    want: Wanted,
    key: tuple[Version, str, str],
    files: list[tuple[IndexFile, str]],
    known: dict[tuple[str, str, str, str], Labelled],
) -> Labelled:
    version, local, place = str(key[0]), key[1], key[2]
    by_tags = {tags: file for file, tags in files}
    wheels = tuple(Wheel(tags, by_tags[tags].bytes) for tags in sorted(by_tags))
    before = known.get((want.name, version, local, place))
    if before is not None and before.read_from and before.wheels == wheels:
        return before
    tags = max(by_tags, key=newest_python)
    metadata = metadata_of(client, by_tags[tags])
    requires = requirements_of(metadata) if metadata is not None else None
    return Labelled(
        distribution=want.name,
        version=version,
        local=local,
        place=place,
        released=_first_day(by_tags.values()),
        requires_python=by_tags[tags].requires_python,
        wheels=wheels,
        requires=_kept(requires or (), want),
        read_from=tags if requires is not None else "",
    )


def _kept(requires: tuple[Requirement, ...], want: Wanted) -> tuple[Requirement, ...]:
    return requires if want.extras else tuple(each for each in requires if "extra ==" not in each.marker)


def _begun(pool: ThreadPoolExecutor, client: Client, want: Wanted, listed: Iterable[Listed], old: Distribution | None) -> list[Future[Release]]:
    known = {release.version: release for release in old.releases} if old else {}
    return [pool.submit(_read, client, one, known.get(one.release.version), want) for one in listed]


def _read(client: Client, listed: Listed, known: Release | None, want: Wanted) -> Release:
    release = _with_what_is_known(listed.release, known)
    if known is not None and known.read_from and known.wheels == release.wheels:
        return msgspec.structs.replace(release, requires=known.requires, requires_on=known.requires_on, read_from=known.read_from)
    read: dict[str, tuple[str, tuple[Requirement, ...]]] = {}
    for platform, tags in wheels_to_read(listed, every_platform=want.every_platform).items():
        metadata = metadata_of(client, listed.wheels[tags])
        requires = requirements_of(metadata) if metadata is not None else None
        if requires is not None:
            read[platform] = (tags, _kept(requires, want))
    if not read:
        return release
    (_, (tags, requires)), *others = read.items()
    different = tuple((platform, there) for platform, (_, there) in others if set(there) != set(requires))
    return msgspec.structs.replace(release, requires=requires, requires_on=different, read_from=tags)


def _with_what_is_known(release: Release, known: Release | None) -> Release:
    """Gives the release with the dates and sizes of the older snapshot where the page has none, as the HTML pages of many mirrors."""
    if known is None:
        return release
    sizes = {wheel.tags: wheel.bytes for wheel in known.wheels}
    wheels = tuple(wheel if wheel.bytes is not None else Wheel(wheel.tags, sizes.get(wheel.tags)) for wheel in release.wheels)
    return msgspec.structs.replace(release, released=release.released or known.released, wheels=wheels)
