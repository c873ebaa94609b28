"""Every rule, one module each; their order is the order of answers that are equally bad."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules import libraries, machine, packages

RULES: tuple[Rule, ...] = (*machine.RULES, *packages.RULES, *libraries.RULES)
