"""Releases that several platforms share, against every combination there is."""

from __future__ import annotations

import random
from itertools import product

import pytest

from drivetrain.model.documents import FrozenMap
from drivetrain.model.plan import Package, Plan
from drivetrain.solve.agreement import Agreement, Party, Pins, agreement

NAMES = ("torch", "jax", "tensorflow")


def plan_of(versions: dict[str, str]) -> Plan:
    packages = tuple(Package(name=name, version=version, requested=True) for name, version in versions.items())
    return Plan(accelerator="cpu", sources=(), python="3.12", packages=packages, age_days=FrozenMap({}))


class Platform:
    """A platform that has some of the combinations of releases; a release is as old as its number is low."""

    def __init__(self, draw: random.Random, names: tuple[str, ...], releases: int) -> None:
        every = list(product(range(releases), repeat=len(names)))
        self.names = names
        self.stacks = [dict(zip(names, stack, strict=True)) for stack in draw.sample(every, draw.randint(1, max(1, len(every) // 3)))]
        self.days = {name: sorted((draw.randint(0, 400) for _ in range(releases)), reverse=True) for name in names}

    def age(self, name: str, version: str) -> int:
        return self.days[name][int(version)]

    def total(self, stack: dict[str, int]) -> int:
        return sum(self.age(name, str(version)) for name, version in stack.items())

    def plan(self, pins: Pins) -> Plan | None:
        fitting = [each for each in self.stacks if all(str(each[name]) == version for name, version in pins.items())]
        best = min(fitting, key=self.total, default=None)
        return plan_of({name: str(version) for name, version in best.items()}) if best else None

    def party(self) -> Party:
        versions = {name: frozenset(str(each[name]) for each in self.stacks) for name in self.names}
        return Party(plan=self.plan, age=self.age, versions=versions)


def cheapest(platforms: list[Platform], names: tuple[str, ...]) -> int | None:
    """Gives the least total age of stacks that agree on these names."""
    sums = [
        sum(platform.total(stack) for platform, stack in zip(platforms, stacks, strict=True))
        for stacks in product(*(each.stacks for each in platforms))
        if all(len({stack[name] for stack in stacks}) == 1 for name in names)
    ]
    return min(sums, default=None)


def found_cost(platforms: list[Platform], found: Agreement) -> int:
    plans = [each.plan(found.pins) for each in platforms]
    return sum(each.total({package.name: int(package.version) for package in plan.packages}) for each, plan in zip(platforms, plans, strict=True) if plan)


@pytest.mark.parametrize("seed", range(80))
def test_the_agreement_is_the_youngest_that_there_is(seed: int) -> None:
    draw = random.Random(seed)
    names = NAMES[: draw.randint(1, 3)]
    platforms = [Platform(draw, names, draw.randint(2, 4)) for _ in range(draw.randint(2, 3))]
    found = agreement(tuple(each.party() for each in platforms))
    assert set(found.pins) | set(found.apart) == set(names)
    assert found_cost(platforms, found) == cheapest(platforms, tuple(found.pins))
    # No larger set could have agreed.
    for name in found.apart:
        assert cheapest(platforms, (*found.pins, name)) is None


def test_what_only_one_of_them_asks_for_is_not_agreed_on() -> None:
    draw = random.Random(1)
    one, other = Platform(draw, ("torch",), 3), Platform(draw, ("jax",), 3)
    assert agreement((one.party(), other.party())) == Agreement(pins={}, apart=())
