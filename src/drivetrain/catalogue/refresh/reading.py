"""Reads the named distributions of an index into a `Snapshot`, asking only for what an older one does not already know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timezone

import msgspec
from msgspec import Struct

from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.index_page import IndexFile, linked_files, project_files
from drivetrain.catalogue.refresh.marker_truth import truths_of
from drivetrain.catalogue.refresh.metadata_requirements import requirements_of
from drivetrain.catalogue.refresh.releases import Listed, listed_releases, wheels_to_read
from drivetrain.catalogue.refresh.wheel_metadata import metadata_of
from drivetrain.model.catalogue import Distribution, Release, Requirement, Snapshot, Wheel

THREADS = 24
Progress = Callable[[int, int], None]
"""Called with (releases read, releases in all)."""


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


def snapshot_of(
    wanted: Iterable[Wanted], places: Places, *, client: Client | None = None, old: Snapshot | None = None, progress: Progress | None = None
) -> Snapshot:
    """Reads every wanted distribution; one that no place has is left out. Raises IndexUnreachable when a place does not answer."""
    if client is None:
        with Client() as own:
            return snapshot_of(wanted, places, client=own, old=old, progress=progress)
    today = datetime.now(timezone.utc).date().isoformat()
    known = {distribution.name: distribution for distribution in old.distributions} if old else {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="index") as pool:
        try:
            linked = [file for place in places.find_links for file in linked_files(client, place)]
            pages = [(want, pool.submit(_listed, client, places.indexes, linked, want)) for want in wanted]
            reading = [(want, _begun(pool, client, want, page.result(), known.get(want.name))) for want, page in pages]
            every = [future for _, futures in reading for future in futures]
            for done, _ in enumerate(as_completed(every), 1):
                if progress is not None:
                    progress(done, len(every))
            distributions = [
                Distribution(name=want.name, releases=tuple(future.result() for future in futures), checked=today) for want, futures in reading if futures
            ]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    read = tuple(sorted(distributions, key=lambda distribution: distribution.name))
    return Snapshot(as_of=today, markers=truths_of(read), distributions=read)


def _listed(client: Client, indexes: Sequence[str], linked: Sequence[IndexFile], want: Wanted) -> tuple[Listed, ...]:
    files: dict[str, IndexFile] = {}
    for index in indexes:
        for file in project_files(client, index, want.name):
            files.setdefault(file.filename, file)
    for file in linked:
        files.setdefault(file.filename, file)
    return listed_releases(want.name, files.values(), oldest=want.oldest)


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
            read[platform] = (tags, requires if want.extras else tuple(each for each in requires if "extra ==" not in each.marker))
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
