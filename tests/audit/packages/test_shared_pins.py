"""Requirements of one distribution that one other version meets are one finding; those that contradict each other are told apart."""

from __future__ import annotations

import pytest
from audit.facts import environment, machine, one, outcomes

from drivetrain.audit.shared_pins import joined
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Outcome


def told(*installed: Installed) -> list[Outcome]:
    return [each for each in outcomes(machine(), environment(*installed)) if each.state == "found"]


def test_all_who_require_another_numpy_are_one_finding_with_one_fix() -> None:
    requirers = (one("aa", "1", "numpy<2,>=1.22"), one("bb", "2", "numpy<2.3"), one("cc", "3", "numpy<2.4,>=1.26"), one("dd", "4", "numpy"))
    (outcome,) = told(one("numpy", "2.4.0"), *requirers)
    assert (outcome.about, outcome.cause) == ("numpy", "dependency-pin-conflict")
    assert outcome.says == "aa 1 requires numpy<2,>=1.22, bb 2 requires numpy<2.3, cc 3 requires numpy<2.4,>=1.26, installed is 2.4.0"
    assert [each.path for each in outcome.evidence] == [*(f"{name}.dist-info/METADATA" for name in ("aa-1", "bb-2", "cc-3")), "numpy-2.4.0.dist-info"]
    (fix,) = outcome.fix
    assert fix.edit is not None
    assert (fix.edit.require, fix.says) == (("numpy<2,>=1.26",), "install numpy<2,>=1.26, as these 3 require")


def test_a_few_are_named_and_the_rest_counted() -> None:
    (outcome,) = told(one("numpy", "2.4.0"), *(one(name, "1", "numpy<2") for name in "abcdef"))
    assert "d 1 requires numpy<2 and 2 more; installed is 2.4.0" in outcome.says
    assert len(outcome.evidence) == 7


def test_what_contradicts_each_other_is_told_apart() -> None:
    found = told(one("numpy", "2.2.0"), one("old", "1", "numpy<2"), one("new", "1", "numpy>=2.3"))
    assert [each.fix[0].edit.require for each in found if each.fix[0].edit] == [("numpy<2",), ("numpy>=2.3",)]


def test_what_has_a_cause_of_its_own_stays_apart() -> None:
    compiled = one("old", "1", "numpy<2", tags=("cp311-cp311-linux_x86_64",))
    assert {each.cause for each in told(one("numpy", "2.2.0"), compiled, one("pure", "1", "numpy<2.1"))} == {"numpy-2-abi", "dependency-pin-conflict"}


@pytest.mark.parametrize(
    ("requirements", "says"),
    [
        (("numpy<2", "numpy<1.5"), "numpy<1.5"),
        (("numpy>=1", "numpy>=1.5,!=1.7"), "numpy!=1.7,>=1.5"),
        (("numpy==1.5.*", "numpy<2"), "numpy<2,==1.5.*"),
        (("numpy~=1.5", "numpy>=1.7"), "numpy>=1.7,~=1.5"),
        (("jax[cuda12]>=0.4", "jax[k8s]>=0.5"), "jax[cuda12,k8s]>=0.5"),
        (("numpy==1.5", "numpy==1.6"), None),
        (("numpy>1", "numpy<2"), None),
        (("numpy===mine", "numpy<2"), None),
        (("numpy<2", "numpy>=2"), None),
        (("numpy", "numpy"), "numpy"),
    ],
)
def test_the_one_requirement_that_says_them_all(requirements: tuple[str, ...], says: str | None) -> None:
    assert joined(requirements) == says
