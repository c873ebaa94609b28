"""What the machine around the environment offers: driver, system, variables."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules.machine import (
    compiler,
    containers,
    debugging,
    driver,
    forward_compatibility,
    jax_platforms,
    keras_variables,
    loader_path,
    python_home,
    python_path,
    toolkit_variable,
    variable_values,
    visible_devices,
    windows_tensorflow,
    xla_flags,
)

RULES: tuple[Rule, ...] = (
    windows_tensorflow.RULE,
    driver.RULE,
    containers.RULE,
    forward_compatibility.RULE,
    visible_devices.RULE,
    python_home.RULE,
    python_path.RULE,
    jax_platforms.RULE,
    keras_variables.RULE,
    xla_flags.RULE,
    variable_values.RULE,
    loader_path.RULE,
    toolkit_variable.RULE,
    compiler.RULE,
    debugging.RULE,
)
