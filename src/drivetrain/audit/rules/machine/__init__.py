"""What the machine around the environment offers: driver, system, variables."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules.machine import (
    driver,
    windows_tensorflow,
)

RULES: tuple[Rule, ...] = (
    windows_tensorflow.RULE,
    driver.RULE,
)
