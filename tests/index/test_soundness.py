"""Every plan resolves: what is planned from the real catalogue is handed to `uv pip compile` with its pins, for a fixed seed and for one of this run's own."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from chance import FIXED_SEED, Case, facts, fresh_seed, planned
from resolver import families, settings

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.install import lock
from drivetrain.model.lock import Lock

pytestmark = pytest.mark.index

REQUESTS = int(os.environ.get("DRIVETRAIN_REQUESTS") or 200)
"""For each seed."""
AT_ONCE = 25


@pytest.mark.timeout(900)
@pytest.mark.parametrize("start", range(0, REQUESTS, AT_ONCE))
@pytest.mark.parametrize("kind", ["fixed", "fresh"])
def test_uv_resolves_every_plan(kind: str, start: int) -> None:
    seed = FIXED_SEED if kind == "fixed" else fresh_seed()
    with ThreadPoolExecutor(4) as asking:
        asked = [(case, asking.submit(fault_of, case)) for case in (planned(seed, number) for number in range(start, min(start + AT_ONCE, REQUESTS)))]
    faults = [f"{case.told}\n{fault}" for case, answer in asked if (fault := answer.result())]
    assert not faults, "\n\n".join((f"DRIVETRAIN_SEED={seed}", *faults))


def fault_of(case: Case) -> str:
    """Gives what is wrong with a plan by uv's judgement, or nothing."""
    locked = lock(case.plan, case.request, case.machine, case.plan.python, settings())
    if not isinstance(locked, Lock):
        return locked.says
    found = {each.name: each.version for each in locked.artifacts}
    if len(families(found)) > 1:
        return f"several CUDA families: {found}"
    for wish in case.request.wishes:
        framework = facts().framework(wish.name)
        called = {wish.name} | ({framework.distribution} if framework else set())
        planned_as = next((each for each in case.plan.packages if each.called in called), None)
        if wish.is_component:
            continue
        if planned_as is None or planned_as.name not in found:
            return f"{wish.name} is not in the lock: {found}"
        if not satisfies(found[planned_as.name].split("+")[0], wish.specifier):
            return f"{planned_as.name} {found[planned_as.name]} is locked, and {wish.text} was asked for"
    return ""
