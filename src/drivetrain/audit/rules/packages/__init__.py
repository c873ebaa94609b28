"""What distributions say of each other and of their files."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules.packages import (
    breaks,
    cpu_build,
    extensions,
    extras,
    files_of_two_wheels,
    incomplete,
    jax_plugins,
    pins,
    wheel_names,
)

RULES: tuple[Rule, ...] = (
    incomplete.RULE,
    wheel_names.RULE,
    files_of_two_wheels.RULE,
    pins.RULE,
    jax_plugins.RULE,
    breaks.RULE,
    extensions.RULE,
    cpu_build.RULE,
    extras.RULE,
)
