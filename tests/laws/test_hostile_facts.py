"""Law: each rule answers at least once, whatever an environment's files say: what cannot be judged is unknown, never a breakdown."""

from __future__ import annotations

import pytest
from audit.facts import catalogue
from laws.hostile_facts import Hostile

from drivetrain.audit.rule import Context
from drivetrain.audit.rules import RULES


@pytest.mark.parametrize("seed", range(4))
def test_every_rule_answers_whatever_the_facts(seed: int) -> None:
    drawn, facts = Hostile(seed), catalogue()
    for number in range(200):
        context = Context(machine=drawn.machine(), environment=drawn.environment(), catalogue=facts)
        for rule in RULES:
            assert list(rule.check(context)), f"{rule.check.__module__} says nothing about number {number} of seed {seed}"
