"""`drivetrain explain TOPIC`: the page of a cause."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit
from drivetrain.cli.listing import nearest
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", nargs="?", metavar=say("TOPIC"), help=say("a cause, as plan and audit name it in brackets"))
    parser.add_argument("--topic", dest="forced", metavar=say("TOPIC"), help=say("the same, where a file has that name too"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("explain", "driver-too-old-for-cuda"), say("why it breaks, how to be sure, what to do")),
        (("explain", "no-nvidia-driver", "--lang", "zh"), say("in Chinese")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    from drivetrain.workflows.pages import topics

    return topics()


def run(options: argparse.Namespace, session: Session) -> int:
    topic = options.forced or options.topic
    from drivetrain.workflows.pages import page_of, topics

    if not topic:
        raise UsageError(say("no topic is named"), say("for instance: {command}", command=f"{session.program} explain no-nvidia-driver"))
    page = page_of(topic, session.language)
    if page is None:
        close = nearest(topic, topics())
        near = say("the nearest: {names}", names=", ".join(close)) if close else say("a topic is a cause that plan or audit names in brackets")
        if not options.forced and _is_file(topic):
            near = say("this version explains causes, not logs; the causes stand in brackets in what plan and audit say")
        raise UsageError(say("there is no page {topic}", topic=topic), near)
    from drivetrain.report.text_page import page_screen

    return emit(session, page, page_screen(page))


def _is_file(topic: str) -> bool:
    from pathlib import Path

    return topic == "-" or Path(topic).exists()
