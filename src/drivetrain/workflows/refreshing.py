"""Asks the indexes for news and keeps them in the cache, beside the shipped facts: `catalogue refresh` and `plan --refresh`."""

from __future__ import annotations

import time
from pathlib import Path

from msgspec import Struct

from drivetrain.errors import UsageError
from drivetrain.model.catalogue import Snapshot
from drivetrain.model.listing import CatalogueSummary, Change
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.cache import overlay_path, shipped_path
from drivetrain.workflows.progress import Progress, Silent


class Refreshed(Struct, frozen=True, kw_only=True):
    """What a refresh brought."""

    changes: tuple[Change, ...]
    seconds: float


def refreshed(request: Request | None, cache: Path, *, cache_dir: str | None = None, whole: bool = False, progress: Progress | None = None) -> Refreshed:
    """Reads the configured indexes into the cache; raises IndexUnreachable, and then what was there stays as it was."""
    from drivetrain.catalogue.refresh.changes import changes
    from drivetrain.catalogue.refresh.client import Client
    from drivetrain.catalogue.refresh.reading import snapshot_of
    from drivetrain.catalogue.refresh.scope import shipped_scope
    from drivetrain.catalogue.refresh.snapshot_file import write_snapshot
    from drivetrain.frameworks import frameworks
    from drivetrain.workflows.engine import engine_settings
    from drivetrain.workflows.indexes import configured_places, ways_of

    started = time.monotonic()
    told = progress or Silent()
    settings = engine_settings(request, frameworks(), cache_dir=cache_dir, offline=False)
    places = configured_places(settings)
    if not places.indexes and not places.find_links:
        raise UsageError(say("pip's or uv's configuration says no-index and names no other place of wheels"), say("name one with --index URL"))
    _make(cache)
    old = _newest_known(cache)
    told.step(say("asking the indexes ({count})", count=len(places.shown)))
    with Client(ways=ways_of(settings)) as client:
        new = snapshot_of(shipped_scope(), places, client=client, old=None if whole else old, progress=told.advance)
    write_snapshot(new, overlay_path(cache))
    seconds = time.monotonic() - started
    told.finish(say("the indexes are read"))
    return Refreshed(changes=changes(old, new), seconds=seconds)


def refresh_summary(
    places: tuple[tuple[str, ...], tuple[str, ...]], cache: Path, *, cache_dir: str | None, whole: bool, progress: Progress
) -> tuple[CatalogueSummary, tuple[str, ...]]:
    """Refreshes, and gives what the catalogue holds then, what changed, and the names to show first; `places` are further indexes and find-links."""
    from msgspec.structs import replace

    from drivetrain.catalogue import read_snapshot
    from drivetrain.frameworks import catalogue
    from drivetrain.workflows.catalogue_facts import framework_rows
    from drivetrain.workflows.fact_files import overlay_of
    from drivetrain.workflows.facts import day_of

    done = refreshed(Request(wishes=(), indexes=places[0], find_links=places[1]), cache, cache_dir=cache_dir, whole=whole, progress=progress)
    facts = catalogue(read_snapshot(overlay_path(cache)))
    summary = CatalogueSummary(as_of=facts.as_of, shipped=day_of(shipped_path()), overlay=overlay_of(cache), frameworks=framework_rows(facts))
    first = tuple(name for each in facts.frameworks for name in (each.distribution, *each.companions))
    return replace(summary, changes=done.changes, seconds=round(done.seconds, 2)), first


def _newest_known(cache: Path) -> Snapshot:
    """What news are counted against: the cache's own facts where these are not older than the shipped ones."""
    from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
    from drivetrain.errors import FileError

    shipped = snapshot_in(shipped_path())
    try:
        kept = snapshot_in(overlay_path(cache))
    except FileError:
        return shipped
    return kept if kept.as_of >= shipped.as_of else shipped


def _make(cache: Path) -> None:
    from drivetrain.errors import FileError
    from drivetrain.words import why

    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        says = say("{path} cannot be written: {reason}", path=cache, reason=why(error))
        raise FileError(says, say("choose another place with --cache-dir")) from error
