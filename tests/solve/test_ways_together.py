"""Ways out: the lowest driver is found by halving, the widest choice of GPUs comes first, and two changes go together where no single one helps."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.dotted import at_least
from drivetrain.model.machine import Interpreter, Machine
from drivetrain.model.plan import Plan, Refusal, Relaxation
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.relaxations import relaxations_of

FACTS = catalogue()
SERVED = solve(Request(wishes=(wish_of("jax"),)), described(os="linux", gpus=(), driver=None), FACTS)
REQUEST = Request(wishes=(wish_of("torch"), wish_of("jax")), sources="index", engine="pip")
TWO = described(os="linux", gpus=("sm_61", "sm_89", "sm_120"), driver="470")
MACHINE = structs.replace(TWO, described=False, pythons=(Interpreter(path="/usr/bin/python3.9", version="3.9.2"),))


def ways(serves: Callable[[Request, Machine], bool], request: Request = REQUEST, machine: Machine = MACHINE) -> tuple[Relaxation, ...]:
    """Gives the ways out where the planner serves just these requests."""
    assert isinstance(SERVED, Plan)
    plan = SERVED
    sieve = Sieve(request, target_of(request, machine, FACTS.frameworks), FACTS)
    return relaxations_of(sieve, ("torch", "jax"), request, machine, (), lambda asked, place: plan if serves(asked, place) else Refusal(refusal=()))


def test_one_change_that_helps_is_enough() -> None:
    (way,) = ways(lambda asked, place: asked.sources == "all" and not asked.fetch_python and place.driver == MACHINE.driver and asked.gpus is None)[:1]
    assert way.change.sources == "all"
    assert way.change.python is None


def test_two_changes_go_together_where_no_single_one_helps() -> None:
    (way,) = ways(lambda asked, place: asked.sources == "all" and asked.gpus is not None and asked.accelerator == "auto")
    assert way.change.sources == "all"
    assert way.change.gpus == (1, 2)
    assert ", and " in way.says


def test_a_change_of_the_target_goes_with_what_must_be_left_out() -> None:
    names = {"torch"}
    (way,) = ways(lambda asked, place: {each.name for each in asked.wishes} == names and asked.sources == "all")
    assert (way.change.sources, way.change.drop) == ("all", ("jax",))


def test_the_lowest_driver_that_helps_is_named() -> None:
    found = ways(lambda asked, place: place.driver is not None and at_least(place.driver.version, "550.54.14") and asked.accelerator == "auto")
    drivers = [each.change.driver for each in found if each.change.driver]
    assert len(drivers) == 1
    assert drivers[0] is not None
    assert at_least(drivers[0], "550.54.14")
    assert not at_least(drivers[0], "551.0")


def test_as_few_gpus_as_can_be_are_left_out() -> None:
    found = ways(lambda asked, place: asked.gpus is not None and 0 not in asked.gpus)
    assert [each.change.gpus for each in found] == [(1, 2)]


def test_nothing_helps() -> None:
    assert ways(lambda asked, place: False) == ()
