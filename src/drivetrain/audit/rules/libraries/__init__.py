"""What the shared libraries are, which of them would be loaded, and for which GPUs they hold code."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules.libraries import (
    cuda_families,
    cudnn,
    gpu_code,
)

RULES: tuple[Rule, ...] = (
    gpu_code.RULE,
    cuda_families.RULE,
    cudnn.RULE,
)
