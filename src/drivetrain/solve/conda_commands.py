"""Gives what to type for a stack that comes from conda-forge altogether; the syntax of the three programs is that of their own documentation.

Sources: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html, https://pixi.sh/latest/reference/cli/pixi/add/.
"""

from __future__ import annotations

from drivetrain.formats.requirements import wish_of
from drivetrain.solve.optimum import Stack

NAME = "drivetrain"
"""What the environment is called."""


def whole_commands(stack: Stack, besides: tuple[str, ...], *, os: str) -> tuple[str, ...]:
    """Gives the line of conda, which mamba takes as well, then that of pixi."""
    specs = (f"python={stack.python}", *(spec for _, candidate in stack.picks for spec in candidate.build.typed), *map(_spec, besides))
    quote = '"' if os == "windows" else "'"
    words = " ".join(f"{quote}{each}{quote}" if set(each) & set("*<>!|[") else each for each in specs)
    return (f"conda create -n {NAME} --override-channels -c conda-forge {words}", f"pixi init -c conda-forge {NAME} && cd {NAME} && pixi add {words}")


def _spec(text: str) -> str:
    """Gives conda's form of a requirement: its name and versions, without extras."""
    wish = wish_of(text)
    return f"{wish.name}{wish.specifier}"
