"""What the shared libraries are, which of them would be loaded, and for which GPUs they hold code."""

from __future__ import annotations

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules.libraries import (
    cuda_families,
    cudnn,
    driver_copies,
    executable_stack,
    gpu_code,
    missing,
    openmp,
    other_family,
    shadowed,
    split_site,
    stray_cudnn,
    stub,
    two_copies,
    undefined_symbols,
    windows_path,
    wsl_driver,
)

RULES: tuple[Rule, ...] = (
    gpu_code.RULE,
    split_site.RULE,
    undefined_symbols.RULE,
    cuda_families.RULE,
    cudnn.RULE,
    windows_path.RULE,
    missing.RULE,
    executable_stack.RULE,
    other_family.RULE,
    shadowed.RULE,
    two_copies.RULE,
    stray_cudnn.RULE,
    stub.RULE,
    wsl_driver.RULE,
    driver_copies.RULE,
    openmp.RULE,
)
