"""`explain`: a log read in one pass, the causes ranked with what is known, and for each what mends it, planned for the machine that is meant."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from drivetrain.errors import FileError
from drivetrain.formats.log_text import log_chunks
from drivetrain.model.diagnosis import Diagnosed, Diagnosis
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Evidence, Fix
from drivetrain.report.typed import Typed
from drivetrain.words import language, say, why
from drivetrain.workflows.cache import cache_folder

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.workflows.planning import Settings

BLOCK_BYTES = 1 << 18
TAIL_BYTES = 16 << 10


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


class Tail:
    """Passes a log's blocks on and keeps how it ends."""

    def __init__(self, blocks: Iterable[bytes], most: int = 60) -> None:
        self._blocks, self._most = blocks, most
        self._end = b""

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self._end = (self._end + block)[-TAIL_BYTES:]
            yield block

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines, plain."""
        text = b"".join(log_chunks((self._end,))).decode("utf-8", "replace")
        return tuple(line.strip("\x0b").rstrip() for line in text.split("\n") if line.strip("\x0b").strip())[-self._most :]


def explained(blocks: Iterable[bytes], question: Question) -> Diagnosis:
    """Gives what a log means."""
    from drivetrain.workflows.fix_lines import FixLines, Meant

    cache = cache_folder(question.settings.cache_dir)
    sieve_facts = facts_of(question.given)
    sheet, sieve = sieved(blocks, sieve_facts, cache=cache, without=question.without)
    machine, here = _here(question, {**sheet.facts(sieve), **sieve_facts})
    read = reading_of(sheet, sieve, {**here, **sieve_facts}, _catalogue)
    lines = FixLines(Meant(propositions=read.propositions, machine=machine, typed=question.typed, settings=question.settings))
    causes = tuple(_diagnosed(each, read, lines.fix) for each in ranked(read))
    return Diagnosis(causes=causes, facts=FrozenMap(dict(sorted(read.facts.items()))), lines=read.sieve.lines)


def sieved(blocks: Iterable[bytes], facts: Mapping[str, str], *, cache: Path | None = None, without: str | None = None) -> tuple[Sheet, Sieve]:
    """Reads a log in constant memory, and the words of the facts after it."""
    sheet = Sheet(knowledge(cache), without=without)
    sieve = Sieve(sheet.patterns)
    for chunk in log_chunks(blocks):
        sieve.feed(chunk)
    for key, value in facts.items():
        if " " in value and len(value) >= 12:
            sieve.feed_fact(f"{key}: {value}")
    return sheet, sieve


def blocks_of(path: str) -> Iterator[bytes]:
    """Gives the bytes of a file, or of standard input for "-"; raises FileError where they cannot be read."""
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        raise FileError(say("{path} cannot be read: {reason}", path=path, reason=why(error)), say("name a log file, or - for standard input")) from error


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
    evidence = tuple(Evidence(text=sighting.text, line=sighting.line or None) for _, sighting in found.sightings)
    return Diagnosed(
        cause=found.cause.cause,
        confidence=found.confidence,
        benign=found.cause.benign,
        says=told.title,
        evidence=(*evidence, *(Evidence(text=each) for each in found.says)),
        fix=tuple(fix(each) for each in proposals(found, read, words_of_fixes(found.cause.cause, language()))),
        sources=found.cause.sources,
    )
