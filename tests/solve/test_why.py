"""`--why` computes the whole chain behind a release, a library, CUDA or Python."""

from __future__ import annotations

from functools import lru_cache

import pytest

from drivetrain.errors import UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan, Reason
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
TRIO = Request(wishes=tuple(map(wish_of, ("tensorflow", "torch", "jax"))), sources="index")
ADA = described(os="linux", gpus=("RTX 4090",), driver="580.65.06", glibc="2.36")


@lru_cache
def asked(why: str) -> Plan:
    plan = solve(TRIO, ADA, FACTS, relaxations=False, why=why)
    assert isinstance(plan, Plan)
    return plan


def about(plan: Plan, name: str, version: str | None = None) -> list[Reason]:
    return [each for each in plan.reasons if each.about == name and (version is None or each.version == version)]


def test_a_release_left_out_names_both_sides_and_what_it_would_cost() -> None:
    (reason,) = about(asked("tensorflow"), "tensorflow", "2.21.0")
    assert "nvidia-nccl-cu12" in reason.says
    assert "torch 2.10.0" in reason.says
    assert any(each.about == "torch" and each.version == "2.10.0" for each in reason.because)
    assert any("there is no stack" in each.says for each in reason.because)


def test_what_a_newer_release_would_cost_the_others_is_solved() -> None:
    plan = solve(Request(wishes=TRIO.wishes, sources="all"), ADA, FACTS, relaxations=False, why="torch")
    assert isinstance(plan, Plan)
    newest = max(about(plan, "torch"), key=lambda each: "2.15" in (each.version or ""))
    assert newest.because


def test_each_build_of_a_release_that_a_relation_stops_is_told_of() -> None:
    machine = described(os="linux", gpus=("RTX 4090",), driver="560.35.03", glibc="2.36")
    plan = solve(Request(wishes=(wish_of("torch"),), sources="all"), machine, FACTS, relaxations=False, why="torch==2.15.0")
    assert isinstance(plan, Plan)
    (reason,) = about(plan, "torch", "2.15.0")
    assert reason.cause == "driver-too-old-for-cuda"
    assert {each.version for each in reason.because if each.version} >= {"2.15.0 cu130"}


def test_an_older_release_is_told_of_too() -> None:
    (reason,) = about(asked("torch==2.5.0"), "torch", "2.5.0")
    assert "2.10.0" in reason.says
    assert reason.cause == "best-stack"


@pytest.mark.parametrize(("name", "holder"), [("cudnn", "torch 2.10.0"), ("cuda", "torch 2.10.0"), ("numpy", "jax")])
def test_a_library_names_who_needs_it(name: str, holder: str) -> None:
    said = [each.says for each in asked(name).reasons if each.cause == "best-stack"]
    assert any(holder in each for each in said)


def test_a_newer_python_names_what_has_no_build_for_it() -> None:
    plan = asked("python")
    reasons = about(plan, "python")
    assert reasons
    assert all("tensorflow" in each.says or "torch" in each.says for each in reasons)
    assert plan.python not in {each.version for each in reasons}


@pytest.mark.parametrize(("why", "says"), [("torch==9", "no such release"), ("nothing", "does not hold it")])
def test_what_the_plan_knows_nothing_of_is_one_line(why: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve(TRIO, ADA, FACTS, relaxations=False, why=why)
    assert says in caught.value.says
    assert caught.value.next
