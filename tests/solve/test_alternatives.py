"""Other stacks: truly different ones, each solved, with what they cost."""

from __future__ import annotations

import pytest

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
ADA = described(os="linux", gpus=("RTX 4090",), driver="580.65.06", glibc="2.36")


def planned(machine: Machine, *requirements: str, sources: str = "index") -> Plan:
    plan = solve(Request(wishes=tuple(map(wish_of, requirements)), sources=sources), machine, FACTS, alternatives=True)  # type: ignore[arg-type]
    assert isinstance(plan, Plan)
    return plan


def chosen(plan: Plan) -> tuple[str, str, frozenset[tuple[str, str, str]]]:
    return plan.python, plan.engine, frozenset((each.name, each.version, each.build) for each in plan.packages if each.requested)


@pytest.mark.parametrize("requirements", [("tensorflow", "torch", "jax"), ("torch",), ("torch<2.9", "jax")])
def test_no_two_are_the_same_and_each_says_what_it_costs(requirements: tuple[str, ...]) -> None:
    plan = planned(ADA, *requirements)
    stacks = [chosen(plan), *(chosen(each.plan) for each in plan.alternatives)]
    assert len(stacks) == len(set(stacks))
    assert 0 < len(plan.alternatives) <= 5
    assert all(each.what and each.costs for each in plan.alternatives)


def test_the_trio_has_each_alone_conda_and_the_other_cuda() -> None:
    plan = planned(ADA, "tensorflow", "torch", "jax")
    offered = {each.what: each for each in plan.alternatives}
    alone = offered["the newest torch alone"]
    assert alone.change.drop == ("tensorflow", "jax")
    assert "days newer" in alone.costs
    assert "GB" in alone.costs
    assert offered["conda instead of pip"].plan.engine == "conda"
    other = offered["CUDA 13 only"]
    assert other.plan.cuda is not None
    assert other.plan.cuda.family == 13
    assert other.change.require == ("cuda==13.*",)
    assert other.change.drop == ("tensorflow",)
