"""No plan is beaten: what is younger in all, by whole days, is put before uv release by release, and none of it resolves with every relation held."""

from __future__ import annotations

import os
from itertools import count, islice

import pytest
from chance import fresh_seed, planned
from walk import Walk

pytestmark = pytest.mark.index

WALKS = int(os.environ.get("DRIVETRAIN_WALKS") or 10)
"""Two minutes: uv waits for the index most of the time."""
MOST_COMPILES = 25
"""For one request; `tools/walk.py` walks further."""


@pytest.mark.timeout(900)
def test_no_younger_stack_resolves() -> None:
    walks = (Walk(case, MOST_COMPILES) for case in (planned(fresh_seed(), 10_000 + number) for number in count()))
    for walk in islice((each for each in walks if each.cost != (0, 0)), WALKS):
        better = walk.better()
        assert not better, f"DRIVETRAIN_SEED={fresh_seed()}: {walk.case.told}\n{better}"
