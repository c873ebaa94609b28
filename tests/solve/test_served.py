"""What computes with a framework brings it, says which, and sets the variable that its environment needs."""

from __future__ import annotations

import pytest

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.served import with_frameworks

FACTS = catalogue()


def plan_of(*typed: str) -> Plan:
    machine = described(os="linux", gpus=("sm_89",), driver="580")
    plan = solve(Request(wishes=tuple(wish_of(each) for each in typed)), machine, FACTS, relaxations=False)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize(
    ("typed", "variables"),
    [
        (("keras", "torch"), {"KERAS_BACKEND": "torch"}),
        (("keras", "jax"), {"KERAS_BACKEND": "jax"}),
        # TensorFlow is what it takes without a word; of two, the user chooses.
        (("keras", "tensorflow"), {}),
        (("keras", "jax", "torch"), {}),
        (("torch",), {}),
    ],
)
def test_the_environment_says_with_which_framework_keras_computes(typed: tuple[str, ...], variables: dict[str, str]) -> None:
    assert dict(plan_of(*typed).variables) == variables


def test_of_several_frameworks_the_plan_names_the_variable() -> None:
    says = next(each.says for each in plan_of("keras", "jax", "torch").findings if each.cause == "framework-comes-along")
    assert "KERAS_BACKEND=jax" in says
    assert "KERAS_BACKEND=torch" in says


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        (("keras",), "tensorflow"),
        (("keras==2.15.*", "torch"), "tensorflow"),
        (("keras", "torch"), None),
        (("keras", "tensorflow-cpu"), None),
        (("keras", "tf-nightly"), None),
        (("tensorflow-probability", "jax"), None),
        (("tensorflow-metal", "tensorflow-macos"), None),
        (("torch",), None),
    ],
)
def test_the_default_framework_comes_along_where_none_was_asked_for(typed: tuple[str, ...], added: str | None) -> None:
    wishes = tuple(wish_of(each) for each in typed)
    assert [each.name for each in with_frameworks(wishes, FACTS)[len(wishes) :]] == ([added] if added else [])


def test_an_extra_that_an_older_release_lacks_is_not_asked_of_it() -> None:
    assert [each.extras for each in plan_of("tensorflow-probability", "tensorflow").packages[:1]] == [("tf",)]
    assert [each.extras for each in plan_of("tensorflow-probability==0.22.1", "tensorflow").packages[:1]] == [()]


def test_only_what_has_no_framework_of_its_own_is_said_to_bring_one() -> None:
    says = [each.says for each in plan_of("keras", "torch", "tensorflow-probability").findings if "comes along" in each.says]
    assert len(says) == 1
    assert "tensorflow-probability computes with it" in says[0]
