"""A platform that the snapshot's markers were not judged for is answered like any other."""

from __future__ import annotations

import pytest

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine, OperatingSystem
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.solve import solve

FACTS = catalogue()


@pytest.mark.parametrize(("os", "arch"), [("windows", "arm64"), ("linux", "ppc64le"), ("linux", "armv7l"), ("linux", "riscv64")])
@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
def test_every_platform_gets_an_answer(os: str, arch: str, name: str) -> None:
    machine = Machine(os=OperatingSystem(family=os), arch=arch, pythons=None, described=True)  # type: ignore[arg-type]
    answer = solve(Request(wishes=(wish_of(name),)), machine, FACTS)
    assert isinstance(answer, Plan | Refusal)
    # No framework has wheels there (jax itself is pure Python, its jaxlib is not).
    if isinstance(answer, Refusal):
        assert {each.cause for each in answer.refusal} & {"platform-without-build", "dependency-pin-conflict"}
