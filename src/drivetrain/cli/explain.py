"""`drivetrain explain LOG|-|TOPIC`: what a log means and what mends it, or the page of a topic."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from drivetrain.cli.asked import typed_of
from drivetrain.cli.emit import emit
from drivetrain.cli.session import Session
from drivetrain.errors import UsageError
from drivetrain.words import say

if TYPE_CHECKING:
    from drivetrain.model.diagnosis import Diagnosis
    from drivetrain.workflows.logs import Log


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", nargs="?", metavar=say("LOG|-|TOPIC"), help=say("a log file, - for standard input, a line of a log, or a topic"))
    parser.add_argument("--topic", dest="forced", metavar=say("TOPIC"), help=say("a topic, where a file has that name too"))
    parser.add_argument("--facts", metavar=say("FILE"), help=say("what is known of the machine that the log came from, a JSON object"))
    parser.add_argument("--fact", metavar=say("KEY=VALUE"), action="append", default=[], help=say("one such fact, driver=470.57; repeatable"))
    parser.add_argument("--no-probe", action="store_true", help=say("the log is another machine's: leave this one's facts out"))
    parser.add_argument("--prefix", metavar=say("FOLDER"), help=say("the environment that the log came from; default: the active one, else ./.venv"))
    parser.add_argument("--share", action="store_true", help=say("a report to paste into an issue, without names, paths and tokens"))
    parser.add_argument("--verbose", action="store_true", help=say("every cause, all evidence, all fixes"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("explain", "train.log"), say("what went wrong, and what to type")),
        (("explain", "train.log", "--no-probe", "--fact", "driver=470.57"), say("a log of another machine")),
        (("explain", "train.log", "--share"), say("to paste into an issue")),
        (("explain", "driver-too-old-for-cuda"), say("why it breaks, how to be sure, what to do")),
        (("explain", "no-nvidia-driver", "--lang", "zh"), say("in Chinese")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    from drivetrain.workflows.pages import topics

    return topics()


def run(options: argparse.Namespace, session: Session) -> int:
    from pathlib import Path

    from drivetrain.workflows.logs import Log
    from drivetrain.workflows.pages import facts_here, page_of

    topic = options.forced or options.topic
    if not topic:
        raise UsageError(say("no log and no topic is named"), say("for instance: {command}", command=f"{session.program} explain train.log"))
    if not options.forced and (topic == "-" or Path(topic).is_file()):
        return _log(options, session, Log.named(topic))
    if not options.forced and ": " in topic:
        return _log(options, session, Log((f"{topic}\n".encode(),)))
    page = page_of(topic, session.language, here=None if options.no_probe else lambda: facts_here(options.prefix))
    if page is not None:
        from drivetrain.report.text_page import page_screen

        return emit(session, page, page_screen(page))
    if not options.forced and " " in topic.strip():
        return _log(options, session, Log((f"{topic}\n".encode(),)))
    raise _unknown(topic)


def _unknown(topic: str) -> UsageError:
    from drivetrain.cli.listing import nearest
    from drivetrain.workflows.pages import topics

    close = nearest(topic, topics())
    near = say("the nearest: {names}", names=", ".join(close)) if close else say("a topic is a cause that plan or audit names in brackets")
    return UsageError(say("{topic} is no file, and there is no page of that name", topic=topic), near)


def _log(options: argparse.Namespace, session: Session, log: Log) -> int:
    from drivetrain.report.text_diagnosis import diagnosis_screen
    from drivetrain.workflows.explaining import Question, explained

    typed = typed_of(options, session)
    question = Question(given=_given(options), probe=not options.no_probe, prefix=options.prefix, typed=typed, settings=session)
    found = explained(log, question)
    if options.share:
        return _share(session, found, log.tail())
    lines = diagnosis_screen(found, verbose=options.verbose, page=typed.bare("explain", "CAUSE"), shell=session.shell)
    return emit(session, found, lines)


def _share(session: Session, found: Diagnosis, tail: tuple[str, ...]) -> int:
    from drivetrain import __version__
    from drivetrain.cli.emit import emit_text
    from drivetrain.report.shared_report import shared_report
    from drivetrain.workflows.explaining import names_here

    return emit_text(session, "shared", shared_report(found, tail, version=__version__, words=names_here()))


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """Gives the facts that were typed; raises UsageError for a file that is no JSON object and for a fact without a value."""
    from drivetrain.workflows.fact_lines import facts_from_file

    given: dict[str, Any] = dict(facts_from_file(options.facts)) if options.facts else {}
    for each in options.fact:
        key, equals, value = each.partition("=")
        if not equals or not key.strip():
            raise UsageError(say("--fact {text} has no value", text=each), say("for instance: --fact driver=470.57"))
        given[key.strip()] = value.strip()
    return given
