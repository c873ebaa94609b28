"""Says of a stack what no relation rules out and its user must know: what is built where it is installed, which backend runs."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Stack
from drivetrain.words import say


def notices(stack: Stack) -> Iterator[Finding]:
    """Gives what is worth saying of the builds that were chosen."""
    built = [f"{name} {candidate.build.version}" for name, candidate in stack.picks if candidate.build.built_here]
    if built:
        says = say(
            "{names}: there is no wheel, only the source; it is built when it is installed (no compiled code, no compiler needed)", names=", ".join(built)
        )
        yield Finding(cause="built-from-source", says=says)
