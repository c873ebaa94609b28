"""`explain`: a log read in one pass, the causes ranked with what is known, and for each what mends it, planned for the machine that is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from drivetrain.causes import page
from drivetrain.causes.knowledge import knowledge, words_of_fixes
from drivetrain.diagnose.facts import facts_of
from drivetrain.diagnose.mending import Proposal, proposals
from drivetrain.diagnose.ranking import Ranked, Reading, ranked, reading_of
from drivetrain.diagnose.sheet import Sheet
from drivetrain.diagnose.sieve import Sieve
from drivetrain.model.diagnosis import Diagnosed, Diagnosis
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Evidence, Fix
from drivetrain.report.typed import Typed
from drivetrain.words import language
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.logs import Log

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.workflows.planning import Settings


class Question(Struct, frozen=True, kw_only=True):
    """What is known beside the log, and how lines to type are written."""

    given: Mapping[str, Any] = field(default_factory=dict)
    probe: bool = True
    """Whether this machine's own facts count, where the log does not contradict them."""
    prefix: str | None = None
    typed: Typed = Typed()
    settings: Settings
    without: str | None = None
    """Leaves out what is known from this thread alone."""


def explained(log: Log, question: Question) -> Diagnosis:
    """Gives what a log means."""
    from drivetrain.workflows.fix_lines import FixLines, Meant

    cache = cache_folder(question.settings.cache_dir)
    sieve_facts = facts_of(question.given)
    sheet, sieve = sieved(log, sieve_facts, cache=cache, without=question.without)
    machine, here = _here(question, {**sheet.facts(sieve), **sieve_facts})
    read = reading_of(sheet, sieve, {**here, **sieve_facts}, _catalogue)
    lines = FixLines(Meant(propositions=read.propositions, machine=machine, typed=question.typed, settings=question.settings))
    causes = tuple(_diagnosed(each, read, lines.fix) for each in ranked(read))
    return Diagnosis(causes=causes, facts=FrozenMap(dict(sorted(read.facts.items()))), lines=read.sieve.lines)


def sieved(log: Log, facts: Mapping[str, str], *, cache: Path | None = None, without: str | None = None) -> tuple[Sheet, Sieve]:
    """Reads a log in constant memory, and the words of the facts after it."""
    sheet = Sheet(knowledge(cache), without=without)
    sieve = Sieve(sheet.patterns)
    log.put_through(sieve)
    for key, value in facts.items():
        if " " in value and len(value) >= 12:
            sieve.feed_fact(f"{key}: {value}")
    return sheet, sieve


def _here(question: Question, told: Mapping[str, str]) -> tuple[Machine | None, dict[str, str]]:
    """Gives this machine and the facts of it and its environment; nothing where the log is another machine's."""
    if not question.probe:
        return None, {}
    from drivetrain.workflows.machine import this_machine
    from drivetrain.workflows.machine_facts import belongs_here, facts_of_environment, facts_of_machine
    from drivetrain.workflows.prefixes import DEFAULT, active_prefix

    machine = this_machine()
    facts = facts_of_machine(machine)
    if not belongs_here(told, facts):
        return None, {}
    prefix = question.prefix or active_prefix() or DEFAULT
    return machine, {**facts, **facts_of_environment(Path(prefix))}


def names_here() -> tuple[str, ...]:
    """Gives the names that a shared report must not have: the user's and the machine's."""
    import getpass
    import socket

    with suppress(OSError, KeyError, ImportError):  # A user without an entry, a container without /etc/passwd.
        return (getpass.getuser(), socket.gethostname(), Path.home().name)
    return (socket.gethostname(),)


@once
def _catalogue() -> Catalogue:
    from drivetrain.frameworks import catalogue

    return catalogue(None)


def _diagnosed(found: Ranked, read: Reading, fix: Callable[[Proposal], Fix]) -> Diagnosed:
    told = page(found.cause.cause, language())
    evidence = dict.fromkeys(Evidence(text=sighting.text, line=sighting.line or None) for _, sighting in found.sightings)
    return Diagnosed(
        cause=found.cause.cause,
        confidence=found.confidence,
        benign=found.benign,
        says=told.title,
        evidence=(*evidence, *(Evidence(text=each) for each in found.says)),
        fix=tuple(fix(each) for each in proposals(found, read, words_of_fixes(found.cause.cause, language()))),
        sources=found.cause.sources,
    )
