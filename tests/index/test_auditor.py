"""The auditor faults no plan: random requests of every framework and companion, half of a fixed seed and half of the commit's own."""

from __future__ import annotations

import os
from random import Random

import pytest
from chance import FIXED_SEED, asked, facts, fresh_seed
from msgspec.structs import replace

from drivetrain.audit import audit
from drivetrain.catalogue.promised import environment_of
from drivetrain.model.plan import Plan
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of

pytestmark = pytest.mark.index
"""Needs no index: it has its place among the tests that take their time."""

PLANS = int(os.environ.get("DRIVETRAIN_PLANS") or 250)
"""For each seed; a minute for both. 500 are audited by hand before a release."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["fixed", "fresh"])
def test_the_auditor_never_faults_the_planner(kind: str) -> None:
    seed = FIXED_SEED if kind == "fixed" else fresh_seed()
    faults: list[str] = []
    plans = number = 0
    while plans < PLANS:
        chance = Random(f"audited/{seed}/{number}")
        number += 1
        texts, request, machine = asked(chance, sources=chance.choice(["index", "all"]))
        plan = solve(request, machine, facts(), relaxations=False)
        if not isinstance(plan, Plan):
            continue
        plans += 1
        # What is planned for the CPU of a machine with a GPU is meant to be without CUDA there, and the machine is one without.
        place = replace(machine, gpus=(), driver=None) if request.accelerator == "cpu" else machine
        environment = environment_of(plan, target_of(request, place, facts().frameworks), facts())
        found = [each for each in audit(place, environment, facts()) if each.state == "found" and each.severity == "error"]
        faults += [f"{texts} {[each.name for each in machine.gpus]} {machine.os.family}: {each.cause} {each.about}: {each.says}" for each in found]
    assert not faults, "\n".join((f"DRIVETRAIN_SEED={seed}", *faults))
