"""Every plan resolves: what is planned from the real catalogue is handed to uv with its pins, for a fixed seed and for one of this run's own."""

from __future__ import annotations

import pytest
from chance import FIXED_SEED, fresh_seed, planned
from resolver import families, own_lines, pins, resolution

pytestmark = pytest.mark.index


@pytest.mark.parametrize("number", range(200))
@pytest.mark.parametrize("kind", ["fixed", "fresh"])
def test_uv_resolves_the_plan(kind: str, number: int) -> None:
    seed = FIXED_SEED if kind == "fixed" else fresh_seed()
    case = planned(seed, number)
    found = resolution((*pins(case.plan), *own_lines(case.request)), case.machine, case.plan.python)
    told = f"DRIVETRAIN_SEED={seed}, number {number}: {case.told}"
    assert not isinstance(found, str), f"{told}\n{found}"
    assert len(families(found)) <= 1, f"{told}\n{found}"
