"""Finds the fewest groups of machines in which one stack serves each group; among as few, the one with the least total age.

Exact up to `EXACT` machines that differ. Beyond, each machine joins the first group that still has a stack, and groups are joined while any two can be:
no two groups of the answer have a common stack. `proven` tells whether as many machines were found of which no two share one, so that fewer groups cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from msgspec import Struct

EXACT = 7
Members = frozenset[int]
Cost = Callable[[Members], "int | None"]
"""Gives the total age of the best stack for a set of machines; None where they have no common stack."""


class Groups(Struct, frozen=True, kw_only=True):
    """The machines, by number, that share a stack."""

    groups: tuple[Members, ...]
    proven: bool
    """Whether there are provably no fewer."""


def fewest_groups(count: int, cost: Cost) -> Groups:
    """Gives the groups; every machine must have a stack of its own, and the most restricted come first: what serves them most often serves others too."""
    if count == 0:
        return Groups(groups=(), proven=True)
    known = _Known(cost)
    everyone = frozenset(range(count))
    if known(everyone) is not None:
        return Groups(groups=(everyone,), proven=True)
    return _exact(count, known) if count <= EXACT else _grown(count, known)


class _Known:
    """Remembers costs; a set that holds one without a stack has none either, and is not asked about."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost
        self._costs: dict[Members, int | None] = {}
        self._apart: list[Members] = []

    def __call__(self, members: Members) -> int | None:
        if members not in self._costs:
            self._costs[members] = None if any(each <= members for each in self._apart) else self._cost(members)
            if self._costs[members] is None:
                self._apart.append(members)
        return self._costs[members]


def _exact(count: int, known: _Known) -> Groups:
    for number in range(2, count + 1):
        found = min(((_total(each, known), each) for each in _partitions(count, number, known)), key=lambda pair: (pair[0], _order(pair[1])), default=None)
        if found is not None:
            return Groups(groups=_ordered(found[1]), proven=True)
    raise AssertionError("each machine alone has a stack")


def _partitions(count: int, number: int, known: _Known) -> Iterator[tuple[Members, ...]]:
    """Gives every way to part the machines into so many groups of which each has a stack."""

    def placed(at: int, groups: tuple[Members, ...]) -> Iterator[tuple[Members, ...]]:
        if number - len(groups) > count - at:
            return
        if at == count:
            yield groups
            return
        for position, group in enumerate(groups):
            if known(group | {at}) is not None:
                yield from placed(at + 1, (*groups[:position], group | {at}, *groups[position + 1 :]))
        if len(groups) < number:
            yield from placed(at + 1, (*groups, frozenset({at})))

    yield from placed(0, ())


def _grown(count: int, known: _Known) -> Groups:
    groups: list[Members] = []
    for each in range(count):
        place = next((at for at, group in enumerate(groups) if known(group | {each}) is not None), None)
        if place is None:
            groups.append(frozenset({each}))
        else:
            groups[place] = groups[place] | {each}
    while (pair := next((pair for pair in combinations(groups, 2) if known(pair[0] | pair[1]) is not None), None)) is not None:
        groups = [each for each in groups if each not in pair] + [pair[0] | pair[1]]
    return Groups(groups=_ordered(tuple(groups)), proven=_strangers(count, known, len(groups)) >= len(groups))


def _strangers(count: int, known: _Known, wanted: int) -> int:
    """Gives how many machines were found of which no two have a common stack."""
    best = 0
    for start in range(min(count, wanted)):
        found: list[int] = []
        for each in (*range(start, count), *range(start)):
            if all(known(frozenset({each, other})) is None for other in found):
                found.append(each)
        best = max(best, len(found))
        if best >= wanted:
            break
    return best


def _total(groups: tuple[Members, ...], known: _Known) -> int:
    return sum(known(each) or 0 for each in groups)


def _ordered(groups: tuple[Members, ...]) -> tuple[Members, ...]:
    return tuple(sorted(groups, key=min))


def _order(groups: tuple[Members, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(each)) for each in _ordered(groups))
