"""The fewest groups of machines that share a stack, against every way to part them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from drivetrain.solve.grouping import EXACT, Cost, fewest_groups


def partitions(rest: tuple[int, ...]) -> Iterator[list[frozenset[int]]]:
    if not rest:
        yield []
        return
    first, *others = rest
    for found in partitions(tuple(others)):
        yield [frozenset({first}), *found]
        for at, group in enumerate(found):
            yield [*found[:at], group | {first}, *found[at + 1 :]]


def drawn(seed: int, most: int) -> tuple[int, Cost]:
    """Machines that each take some of six stacks: a set has those that all of its machines take, and costs each of them the stack's age."""
    draw = random.Random(seed)
    count = draw.randint(1, most)
    ages = [draw.randint(0, 50) for _ in range(6)]
    taken = [set(draw.sample(range(6), draw.randint(1, 4))) for _ in range(count)]

    def cost(members: frozenset[int]) -> int | None:
        common = set.intersection(*(taken[each] for each in members))
        return min((ages[stack] * len(members) for stack in common), default=None)

    return count, cost


@pytest.mark.parametrize("seed", range(60))
def test_few_machines_are_parted_as_well_as_can_be(seed: int) -> None:
    count, cost = drawn(seed, EXACT)
    found = fewest_groups(count, cost)
    ways = [(len(way), sum(costs)) for way in partitions(tuple(range(count))) if None not in (costs := [cost(each) for each in way])]
    assert found.proven
    assert sorted(each for group in found.groups for each in group) == list(range(count))
    assert (len(found.groups), sum(cost(each) or 0 for each in found.groups)) == min(ways)


@pytest.mark.parametrize("seed", range(60))
def test_of_many_machines_no_two_groups_can_be_one_and_proven_means_fewest(seed: int) -> None:
    draw = random.Random(seed)
    taken = [set(draw.sample(range(9), draw.randint(1, 3))) for _ in range(9)]

    def many(members: frozenset[int]) -> int | None:
        return 0 if set.intersection(*(taken[each] for each in members)) else None

    found = fewest_groups(9, many)
    assert all(many(each) is not None for each in found.groups)
    assert all(many(one | other) is None for one in found.groups for other in found.groups if one is not other)
    if found.proven:
        covers = [stacks for stacks in subsets(9) if all(each & stacks for each in taken)]
        assert len(found.groups) == min(map(len, covers))


def subsets(count: int) -> Iterator[set[int]]:
    for number in range(1 << count):
        yield {each for each in range(count) if number >> each & 1}


def test_no_machine_needs_no_group() -> None:
    assert fewest_groups(0, lambda members: 0).groups == ()
