"""Puts the system around an environment that was read, so that rules can ask its loader; and gives the tree of one framework."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import PrefixError, UsageError
from drivetrain.model.build import Framework
from drivetrain.model.environment import Environment
from drivetrain.model.loading import Loading
from drivetrain.model.machine import Machine
from drivetrain.words import say
from drivetrain.workflows.inside import variables_inside

_FAMILIES, _MINORS, _CUDNNS = ("10", "11", "12", "13"), ("10.0", "10.1", "11.0"), ("7", "8", "9")
"""What a name with a blank may stand for, of every release that is still planned."""


def scanned(prefix: Path, machine: Machine, *, here: bool, cache: Path | None) -> Environment:
    """Gives an environment as it lies on disk, with what its loader finds outside where that is this machine's."""
    from drivetrain.scan import scan

    return with_system(scan(prefix, cache=cache), machine, here=here, cache=cache)


def with_system(environment: Environment, machine: Machine, *, here: bool, cache: Path | None = None) -> Environment:
    """Adds the system's libraries where this machine's loader would load the environment."""
    from drivetrain.scan.system_libraries import is_here, system_libraries, variables_of

    if not here or environment.system is not None or not environment.libraries or not is_here(environment):
        return environment
    variables = variables_of(machine.variables)
    with suppress(PrefixError):
        # What its own activation sets belongs to it, whether or not this shell has activated it.
        variables = variables_inside(Path(environment.prefix), variables)
    return replace(environment, system=system_libraries(environment, variables, opened_names(), cache))


def opened_names() -> frozenset[str]:
    """Gives the names that frameworks and NVIDIA's libraries open although no linkage has them."""
    from drivetrain.catalogue.library_openings import OPENINGS
    from drivetrain.frameworks import frameworks

    texts = [text for framework in frameworks() for each in framework.openings for text in each.sonames]
    texts += [text for each in OPENINGS for text in each.sonames]
    filled = product(texts, _FAMILIES, _MINORS, _CUDNNS)
    return frozenset(text.replace("{cuda}", cuda).replace("{cuda_minor}", minor).replace("{cudnn}", cudnn) for text, cuda, minor, cudnn in filled)


def loading_of(environment: Environment, framework: str) -> Loading:
    """Gives what a process with that framework would load; raises UsageError for one that is not there or whose start is not known."""
    from drivetrain.audit.loader.reading import Loader
    from drivetrain.frameworks import frameworks

    every = frameworks()
    loader = Loader(environment, every)
    there = [each.name for each in loader.frameworks]
    asked = next((each for each in every if framework.lower() in _names(each)), None)
    if asked is None or not asked.openings:
        known = ", ".join(each.name for each in every if each.openings)
        raise UsageError(say("--loader {name}: how it starts is not known", name=framework), say("name one of: {names}", names=known))
    if asked.name not in there:
        hint = say("here are: {names}", names=", ".join(there)) if there else say("no framework is installed here whose start is known")
        raise UsageError(say("--loader {name}: it is not installed in this environment", name=framework), hint)
    if not loader.is_known:
        raise UsageError(say("--loader {name}: the loader of this environment's system is not known", name=framework), say("it is known on Linux and Windows"))
    return loader.loading(asked)


def _names(framework: Framework) -> tuple[str, ...]:
    return (framework.name, framework.distribution, *framework.names, *framework.kept_names, *(old for old, _ in framework.renamed))
