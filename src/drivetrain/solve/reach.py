"""Follows requirements from what was asked for to every build that some requirement admits, so that only those are grounded."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.model.catalogue import Requirement
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.candidates import Sieve


class Edge(Struct, frozen=True):
    """One requirement of one build: on which extra ("" for always) and on which Pythons it holds."""

    requirement: int
    extra: str
    pythons: frozenset[str] | None
    """None: on every Python that the build fits."""


class Reach:
    """Every build that can be reached within a window of the frameworks' releases, and the requirements between them."""

    def __init__(self, sieve: Sieve, asked: tuple[str, ...], admitted: dict[str, tuple[Candidate, ...]]) -> None:
        self.sieve = sieve
        self._holds: dict[tuple[str, str], frozenset[str]] = {}
        self.requirements: list[Requirement] = []
        self._numbers: dict[tuple[str, str, tuple[str, ...]], int] = {}
        self.admits: list[frozenset[int]] = []
        """Per requirement: places of the candidates that satisfy it, in its distribution's slots."""
        self.reached: dict[str, set[int]] = {name: set() for name in asked}
        self.edges: dict[tuple[str, int], list[Edge]] = {}
        self.extras: dict[str, set[str]] = {}
        self._queue: list[tuple[str, int]] = []
        for name in asked:
            allowed = set(map(id, admitted[name]))
            for position in sieve.admitted(name, ""):
                candidate = sieve.at(name, position)
                if id(candidate) in allowed:
                    self._reach(name, position)
        self._leaves: set[str] = set()
        while self._queue:
            self._follow(*self._queue.pop())
        for name in self._leaves:
            self.reached[name] = self._settled(name)

    def candidate(self, name: str, position: int) -> Candidate:
        return self.sieve.at(name, position)

    def position(self, name: str, candidate: Candidate) -> int | None:
        """Gives the place of a candidate that was reached."""
        return next((position for position in self.reached.get(name, ()) if self.sieve.at(name, position) is candidate), None)

    def _reach(self, name: str, position: int) -> None:
        known = self.reached.setdefault(name, set())
        if position not in known:
            known.add(position)
            # What the build itself stands for (`tensorflow[and-cuda]`), whether it was asked for or is required by another.
            self._learn(name, self.candidate(name, position).build.extras)
            self._queue.append((name, position))

    def _learn(self, name: str, extras: tuple[str, ...]) -> None:
        """Builds seen before have edges that a new extra turns on: they are followed again."""
        fresh = set(extras) - self.extras.setdefault(name, set())
        if fresh:
            self.extras[name].update(fresh)
            self._queue.extend((name, position) for position in self.reached.get(name, ()))

    def _follow(self, name: str, position: int) -> None:
        """Takes up the requirements of one build, those of the extras that are known by now included."""
        candidate = self.candidate(name, position)
        found = self.edges[name, position] = []
        for requirement in candidate.build.requires:
            if requirement.name == name or not self.sieve.catalogue.knows(requirement.name):
                continue
            for extra in ("", *sorted(self.extras.get(name, ()))) if "extra" in requirement.marker else ("",):
                held = candidate.pythons & self._held(requirement.marker, extra)
                if held:
                    number = self._number(requirement)
                    found.append(Edge(number, extra, None if held == candidate.pythons else held))

    def _held(self, marker: str, extra: str) -> frozenset[str]:
        """Gives the Pythons on which a marker holds; most requirements share a few markers."""
        key, target = (marker, extra), self.sieve.target
        if key not in self._holds:
            self._holds[key] = frozenset(each for each in target.pythons if self.sieve.catalogue.marker_holds(marker, target.platform, each, extra))
        return self._holds[key]

    def _settled(self, name: str) -> set[int]:
        """Gives the releases of a leaf that some choice could need: of those that the same requirements admit, the newest for each Python."""
        admitted_by: dict[int, list[int]] = {}
        for number, requirement in enumerate(self.requirements):
            if requirement.name == name:
                for position in self.admits[number]:
                    admitted_by.setdefault(position, []).append(number)
        kept: set[int] = set()
        served: dict[tuple[int, ...], frozenset[str]] = {}
        every = frozenset(self.sieve.target.pythons)
        for position in sorted(admitted_by):
            alike = (*admitted_by[position], *(-1 - number for number in self.sieve.breaks_on(name, position)))
            covered = served.get(alike, frozenset())
            if covered == every:
                continue
            candidate = self.sieve.candidate_at(name, position)
            if candidate is not None and candidate.pythons - covered:
                kept.add(position)
                served[alike] = covered | candidate.pythons
        return kept

    def _number(self, requirement: Requirement) -> int:
        key = (requirement.name, requirement.specifier, requirement.extras)
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = len(self.requirements)
        self.requirements.append(requirement)
        self._learn(requirement.name, requirement.extras)
        if self.sieve.is_leaf(requirement.name):
            # It requires nothing that is planned: which of its releases matter is known when everything that asks for it is.
            self._leaves.add(requirement.name)
            self.admits.append(self.sieve.places(requirement.name, requirement.specifier))
            return number
        admitted = self.sieve.admitted(requirement.name, requirement.specifier)
        self.admits.append(admitted)
        for position in admitted:
            self._reach(requirement.name, position)
        self.reached.setdefault(requirement.name, set())
        return number
