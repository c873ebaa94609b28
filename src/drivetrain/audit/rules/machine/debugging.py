"""Variables for debugging that were left on and make everything slower."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import is_on, not_told, shown, unset
from drivetrain.model.outcome import Outcome
from drivetrain.words import say

_SLOW = ("CUDA_LAUNCH_BLOCKING", "JAX_DISABLE_JIT", "JAX_DEBUG_NANS")
"""Each makes the host wait for every kernel, or run operation by operation."""


def _check(context: Context) -> Iterator[Outcome]:
    variables = context.variables
    if variables is None:
        yield not_told(RULE, context, "CUDA_LAUNCH_BLOCKING")
        return
    left = [name for name in _SLOW if is_on(variables.get(name))]
    if not left:
        yield RULE.clear("CUDA_LAUNCH_BLOCKING", say("no variable for debugging is on"))
    for name in left:
        yield RULE.found(name, _says(name), (shown(name, context),), (unset(name),))


def _says(name: str) -> str:
    if name == "CUDA_LAUNCH_BLOCKING":
        return say("{name} is on: the CPU waits for every kernel, which is for finding errors and slow", name=name)
    return say("{name} is on, which is for finding errors: every operation runs by itself, many times slower", name=name)


RULE = Rule(
    cause="debugging-variable-left-on",
    severity="note",
    check=_check,
    sources=(
        "https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html",
        "https://docs.jax.dev/en/latest/debugging/flags.html",
    ),
)
