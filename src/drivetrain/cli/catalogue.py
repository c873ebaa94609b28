"""`drivetrain catalogue show|refresh|check`: the facts that plans rest on, their sources and their age; news from the indexes; proof of every shipped row."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit
from drivetrain.cli.parser import one_of
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say

ACTIONS = ("show", "refresh", "check")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="show", type=one_of("catalogue", ACTIONS), metavar="show|refresh|check", help=say("default: show"))
    parser.add_argument("name", nargs="?", metavar=say("NAME"), help=say("with show: one distribution, with the sources of what is known of it"))
    group = parser.add_argument_group(say("refresh"))
    group.add_argument("--index", metavar="URL", action="append", default=[], help=say("one more package index; repeatable"))
    group.add_argument("--find-links", metavar=say("FOLDER|URL"), action="append", default=[], help=say("one more place of wheels; repeatable"))
    group.add_argument("--whole", action="store_true", help=say("read everything again, also what has not changed"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    name = frameworks[-1] if frameworks else "numpy"
    return (
        (("catalogue", "show"), say("what is known, and how old it is")),
        (("catalogue", "show", name), say("releases, builds, device code and breaks, with their sources")),
        (("catalogue", "refresh"), say("new releases from the indexes that pip and uv are configured with")),
        (("catalogue", "check"), say("proof of every row that came with drivetrain")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return ACTIONS


def run(options: argparse.Namespace, session: Session) -> int:
    if options.action != "show" and options.name:
        raise UsageError(
            say("{word} is one word too many", word=options.name), say("a name goes with show: {command}", command="drivetrain catalogue show NAME")
        )
    if options.action != "refresh" and (options.index or options.find_links or options.whole):
        raise UsageError(say("--index, --find-links and --whole go with refresh"), say("take: {command}", command="drivetrain catalogue refresh"))
    return {"show": _show, "refresh": _refresh, "check": _check}[options.action](options, session)


def _show(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_catalogue import facts_screen, summary_screen
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.catalogue_facts import catalogue_summary

    summary = catalogue_summary(cache_folder(session.cache_dir), options.name)
    return emit(session, summary, facts_screen(summary.facts) if summary.facts else summary_screen(summary, _today()))


def _refresh(options: argparse.Namespace, session: Session) -> int:
    if session.offline:
        raise UsageError(say("--offline and refresh contradict each other: a refresh asks the indexes"), say("leave --offline out"))
    from drivetrain.cli.progress import progress_of
    from drivetrain.report.text_catalogue import refresh_screen
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.refreshing import refresh_summary

    progress = progress_of(session)
    places = (tuple(options.index), tuple(options.find_links))
    summary, first = refresh_summary(places, cache_folder(session.cache_dir), cache_dir=session.cache_dir, whole=options.whole, progress=progress)
    return emit(session, summary, refresh_screen(summary, first))


def _check(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_catalogue import check_screen
    from drivetrain.workflows.checking import check_summary

    summary = check_summary(_today())
    return emit(session, summary, check_screen(summary, _today()), 1 if summary.faults else 0)


def _today() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).date().isoformat()
