"""Laws: each rule answers at least once, whatever an environment's files say, and no name in them becomes a command of its own in a line to type."""

from __future__ import annotations

from shlex import shlex

import pytest
from audit.facts import catalogue
from laws.hostile_facts import INTRUDER, Hostile

from drivetrain.audit.rule import Context
from drivetrain.audit.rules import RULES


@pytest.mark.parametrize("seed", range(4))
def test_every_rule_answers_whatever_the_facts(seed: int) -> None:
    drawn, facts = Hostile(seed), catalogue()
    for number in range(200):
        context = Context(machine=drawn.machine(), environment=drawn.environment(), catalogue=facts)
        for rule in RULES:
            outcomes = list(rule.check(context))
            assert outcomes, f"{rule.check.__module__} says nothing about number {number} of seed {seed}"
            commands = [command for outcome in outcomes for fix in outcome.fix for command in fix.commands]
            assert not [each for each in commands if INTRUDER in shlex(each, posix=True, punctuation_chars=True)]
