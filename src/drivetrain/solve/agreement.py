"""Finds releases that several platforms share: the set with the least total age for which each of them has a stack.

Best first: a step fixes one distribution on which the platforms differ, at one release; what it costs at least is known before anything is solved, so the
first set on which all agree is the best one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from itertools import combinations, count

from msgspec import Struct

from drivetrain.model.plan import Plan

MOST_PLANS = 40
"""Stacks that are looked for before the search for agreement on everything gives up, 0.1 to 0.3 s each."""
MORE_PLANS = 12
"""So many more may be looked for each time that one distribution fewer has to agree."""

Pins = Mapping[str, str]


class Party(Struct, frozen=True, kw_only=True):
    """One platform that takes part."""

    plan: Callable[[Pins], Plan | None]
    """Its best stack with some distributions at a version; None where it has none."""
    age: Callable[[str, str], int]
    """(distribution, version) to the days behind its newest."""
    versions: Mapping[str, frozenset[str]]
    """What it asks for, and the releases of it that could run there at all."""
    follows: Mapping[str, str] = {}
    """A companion, and the framework without whose release its own says nothing."""


class Agreement(Struct, frozen=True, kw_only=True):
    """The releases that are the same everywhere."""

    pins: dict[str, str]
    apart: tuple[str, ...]
    """Distributions on which the platforms do not agree."""
    proven: bool = True
    """False: the search gave up before it had looked at everything, so that they might agree."""


def agreement(parties: tuple[Party, ...]) -> Agreement:
    """Gives the agreed releases; where not all distributions can agree, as many as can, the first in the request's order rather than later ones."""
    names = tuple(name for name in dict.fromkeys(name for each in parties for name in each.versions) if sum(name in each.versions for each in parties) > 1)
    shared = tuple(name for name in names if _common(parties, name))
    search = _Search(parties)
    for size in range(len(shared), 0, -1):
        search.may_spend(MOST_PLANS if size == len(shared) else MORE_PLANS)
        for kept in combinations(shared, size):
            if any(leader in names and leader not in kept for each in parties for name, leader in each.follows.items() if name in kept):
                continue
            found = search.best(kept)
            if found is not None:
                return Agreement(pins=found, apart=tuple(each for each in names if each not in kept), proven=not search.gave_up)
    return Agreement(pins={}, apart=names, proven=not search.gave_up)


def _common(parties: tuple[Party, ...], name: str) -> frozenset[str]:
    """Gives the releases that each platform which asks for a distribution could run."""
    asking = [each.versions[name] for each in parties if name in each.versions]
    return frozenset.intersection(*asking)


class _Search:
    """The search, with what was planned remembered."""

    def __init__(self, parties: tuple[Party, ...]) -> None:
        self.parties = parties
        self._plans: dict[tuple[int, frozenset[tuple[str, str]]], Plan | None] = {}
        self._left = 0
        self._stopped = False
        self.gave_up = False

    def may_spend(self, plans: int) -> None:
        """Lets so many more stacks be looked for."""
        self._left += plans

    def best(self, names: tuple[str, ...]) -> dict[str, str] | None:
        """Gives the set with the least total age on which all agree; None where there is none, or none was found in time."""
        self._stopped = False
        ticket = count()
        queue: list[tuple[int, int, dict[str, str], list[tuple[int, str]]]] = [(0, next(ticket), {}, [])]
        while queue:
            bound, _, pins, siblings = heapq.heappop(queue)
            if siblings:
                name, (_, version) = list(pins)[-1], siblings[0]
                assert pins[name] == version
                if len(siblings) > 1:
                    further = {**pins, name: siblings[1][1]}
                    heapq.heappush(queue, (max(bound, siblings[1][0]), next(ticket), further, siblings[1:]))
            plans = self._planned(pins)
            if plans is None:
                if self._stopped:
                    self.gave_up = True
                    return None
                continue
            total = sum(self._age(party, plan) for party, plan in zip(self.parties, plans, strict=True))
            if total > bound and queue and queue[0][0] < total:
                heapq.heappush(queue, (total, next(ticket), pins, []))
                continue
            open_name = next((name for name in names if len(self._chosen(plans, name)) > 1), None)
            if open_name is None:
                return {name: version for name in names for version in self._chosen(plans, name)}
            ladder = self._ladder(open_name)
            heapq.heappush(queue, (max(total, ladder[0][0]), next(ticket), {**pins, open_name: ladder[0][1]}, ladder))
        return None

    def _ladder(self, name: str) -> list[tuple[int, str]]:
        """Gives the releases of a distribution that could be agreed on, with what each costs at least, the cheapest first."""
        from drivetrain.catalogue.relations.markers import version_of

        asking = [each for each in self.parties if name in each.versions]
        rows = [(sum(each.age(name, version) for each in asking), version) for version in _common(self.parties, name)]
        newest_first = sorted(rows, key=lambda row: version_of(row[1]), reverse=True)
        return sorted(newest_first, key=lambda row: row[0])

    def _planned(self, pins: dict[str, str]) -> list[Plan] | None:
        """Gives each platform's stack under the pins; None as soon as one has none."""
        found = []
        for number, party in enumerate(self.parties):
            key = (number, frozenset((name, version) for name, version in pins.items() if name in party.versions))
            if key not in self._plans:
                if self._left <= 0:
                    self._stopped = True
                    return None
                self._left -= 1
                self._plans[key] = party.plan(dict(key[1]))
            plan = self._plans[key]
            if plan is None:
                return None
            found.append(plan)
        return found

    def _age(self, party: Party, plan: Plan) -> int:
        return sum(party.age(each.name, each.version) for each in plan.packages if each.name in party.versions)

    def _chosen(self, plans: list[Plan], name: str) -> set[str]:
        asked = (plan.package(name) for plan, party in zip(plans, self.parties, strict=True) if name in party.versions)
        return {each.version for each in asked if each is not None}
