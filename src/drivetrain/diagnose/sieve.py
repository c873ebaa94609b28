"""Finds, in one pass and constant memory, which known patterns a log has, on which lines, with what they capture; RE2, so no input can make it slow.

Sources: https://github.com/google/re2/wiki/Syntax, https://github.com/google/re2/blob/main/re2/set.h.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from drivetrain.formats.log_text import UNCOUNTED, lines_in

MOST_SIGHTINGS = 12
"""How many different lines are kept of one pattern; a warning that each training step repeats says nothing new."""
_MEMORY_BYTES = 96 << 20
_LONGEST = 400
"""How much of a line is shown as evidence."""


class Sighting(Struct, frozen=True):
    """One line that a pattern has matched."""

    line: int
    """From 1; 0 for what is no line of the log."""
    text: str
    groups: tuple[tuple[str, str], ...] = ()


class Sieve:
    """Patterns that chunks of whole lines are put through, in order; `sightings` has what each has matched."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import re2

        self._patterns = [b"(?m)" + each.encode() for each in patterns]
        self._set = re2.Set.SearchSet(_options(captures=False))
        for each in self._patterns:
            self._set.Add(each)
        self._set.Compile()
        self._single: dict[int, Any] = {}
        self._seen: dict[int, set[bytes]] = {}
        self.sightings: dict[int, list[Sighting]] = {}
        self.lines = 0

    def feed(self, chunk: bytes) -> None:
        """Takes the next whole lines of the log, in UTF-8."""
        for index in sorted(self._set.Match(chunk) or ()):
            if len(self.sightings.get(index, ())) < MOST_SIGHTINGS:
                self._locate(index, chunk)
        self.lines += lines_in(chunk)

    def feed_fact(self, text: str) -> None:
        """Takes a text that a fact has, which is no line of the log."""
        lines, self.lines = self.lines, -1
        self.feed(text.replace("\n", " ").encode("utf-8", "replace"))
        self.lines = lines

    def join(self, lines: int, sightings: Mapping[int, Sequence[Sighting]]) -> None:
        """Takes what another sieve of the same patterns has found in the lines that follow."""
        for index, found in sightings.items():
            kept = self.sightings.setdefault(index, [])
            texts = {each.text for each in kept}
            later = [Sighting(each.line + self.lines, each.text, each.groups) for each in found if each.text not in texts]
            kept += later[: MOST_SIGHTINGS - len(kept)]
        self.lines += lines

    def _locate(self, index: int, chunk: bytes) -> None:
        seen, kept = self._seen.setdefault(index, set()), self.sightings.setdefault(index, [])
        at, line = 0, self.lines + 1
        for match in self._compiled(index).finditer(chunk):
            start, end = match.span()
            line += _ends(chunk, at, start)
            at = start
            begin = chunk.rfind(b"\n", 0, start) + 1
            stop = chunk.find(b"\n", start)
            whole = chunk[begin : len(chunk) if stop < 0 else stop]
            if chunk[start:end] in seen:
                continue
            seen.add(chunk[start:end])
            kept.append(Sighting(line, _shown(whole, start - begin), _groups(match)))
            if len(kept) >= MOST_SIGHTINGS:
                return

    def _compiled(self, index: int) -> Any:
        import re2

        if index not in self._single:
            self._single[index] = re2.compile(self._patterns[index], _options(captures=True))
        return self._single[index]


def compilable(pattern: str) -> str | None:
    """Gives what RE2 has against a pattern; None for a good one."""
    import re2

    try:
        re2.compile(b"(?m)" + pattern.encode(), _options(captures=True))
    except re2.error as error:
        return str(error)
    return None


def _options(*, captures: bool) -> Any:
    import re2

    options = re2.Options()
    options.never_nl = True
    options.never_capture = not captures
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES
    return options


def _ends(chunk: bytes, at: int, end: int) -> int:
    """Gives how many of the file's own lines end there."""
    return chunk.count(b"\n", at, end) - (chunk.count(UNCOUNTED, at, end) if b"\x0b" in chunk else 0)


def _shown(line: bytes, at: int) -> str:
    """Gives a line as evidence: a very long one cut around what matched."""
    begin = max(0, at - _LONGEST // 2) if len(line) > _LONGEST else 0
    text = line[begin : begin + _LONGEST].decode("utf-8", "replace").strip()
    return ("…" if begin else "") + text + ("…" if begin + _LONGEST < len(line) else "")


def _groups(match: Any) -> tuple[tuple[str, str], ...]:
    names: Iterable[tuple[str, int]] = match.re.groupindex.items()
    found = ((name if isinstance(name, str) else name.decode(), match.group(number)) for name, number in names)
    return tuple((name, value.decode("utf-8", "replace")) for name, value in found if value)
