"""The auditor never faults the planner: the environment that a plan with companions promises has no extension that was built for another stack."""

from __future__ import annotations

import pytest

from drivetrain.audit import audit
from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.promised import environment_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of

ASKED = (
    "torch xformers",
    "torch xformers==0.0.31",
    "vllm",
    "torch bitsandbytes",
    "torch bitsandbytes==0.47.0",
    "torch torchao",
    "torch torchcodec",
    "torch torchtext",
    "torch auto-gptq",
    "torch dgl",
    "torch sgl-kernel==0.3.21",
)


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


@pytest.mark.parametrize("names", ASKED)
@pytest.mark.parametrize(("gpu", "driver"), [("RTX 4090", "580.95.05"), ("V100", "550.54.14"), (None, None)])
def test_a_planned_companion_is_not_faulted(gpu: str | None, driver: str | None, names: str, facts: Catalogue) -> None:
    machine = described(os="linux", arch="x86_64", gpus=(gpu,) if gpu else (), driver=driver, glibc="2.35")
    request = Request(wishes=tuple(map(wish_of, names.split())), sources="all")
    answer = solve(request, machine, facts, relaxations=False)
    if not isinstance(answer, Plan) or answer.engine != "pip":
        return
    environment = environment_of(answer, target_of(request, machine, facts.frameworks), facts)
    outcomes = audit(machine, environment, facts, answer)
    assert not [each.says for each in outcomes if each.cause == "extension-built-for-other-framework-version" and each.state == "found"]
