"""Gives what conda-forge has: builds of frameworks with the libraries that they pin, as its recipes say it, and the libraries themselves."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.model.catalogue import Requirement

PLACE = "conda-forge"


class CondaBuild(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One build that a recipe of conda-forge asks for."""

    distribution: str
    """The name that it is planned as: "torch" for conda's pytorch."""
    version: str
    build: str = ""
    """How its build string begins, "cuda129"."""
    specs: tuple[str, ...] = ()
    """What is typed for it: "pytorch={version}={build}*"."""
    platforms: tuple[str, ...]
    pythons: tuple[str, ...] = ()
    """Interpreter tags; empty for what has no part in Python."""
    cuda: str | None = None
    family: int | None = None
    glibc: str = ""
    """The C library of the oldest system that it runs on."""
    targets: tuple[str, ...] | None = None
    """Device code that its build list names; None: unknown."""
    requires: tuple[Requirement, ...] = ()
    built: str = ""
    """Day of the recipe."""
    sources: tuple[str, ...]
