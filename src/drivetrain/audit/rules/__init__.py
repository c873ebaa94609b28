"""Every rule, one module each; their order is the order of answers that are equally bad."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules import (
    breaks,
    cpu_build,
    cuda_families,
    cudnn,
    driver,
    extensions,
    extras,
    files_of_two_wheels,
    gpu_code,
    incomplete,
    pins,
    wheel_names,
    windows_tensorflow,
)

RULES: tuple[Rule, ...] = (
    windows_tensorflow.RULE,
    driver.RULE,
    incomplete.RULE,
    wheel_names.RULE,
    files_of_two_wheels.RULE,
    gpu_code.RULE,
    cuda_families.RULE,
    cudnn.RULE,
    pins.RULE,
    breaks.RULE,
    extensions.RULE,
    cpu_build.RULE,
    extras.RULE,
)
