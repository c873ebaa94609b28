"""Says with which framework something computes that could not say so itself, and gives the variables that tell it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.build import Framework, Served
from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.served import brought_along, is_asked, servers_of
from drivetrain.words import say


def variables_of(joint: Joint, stack: Stack) -> dict[str, str]:
    """Gives the variables that the environment sets, so that what was asked for computes with the framework that is there."""
    return {served.variable[0]: served.variable[1] for _, _, served in _told(joint, stack) if served.variable}


def served_notices(joint: Joint, stack: Stack) -> Iterator[Finding]:
    """Says with which framework something computes, and which variable says so."""
    yield from brought_along(joint.sieve.request, joint.sieve.catalogue)
    for version, framework, served in _told(joint, stack):
        if served.variable:
            says = say(
                "{name} {version} computes with {framework}: the environment sets {variable}={value}",
                name=served.name,
                version=version,
                framework=framework.title,
                variable=served.variable[0],
                value=served.variable[1],
            )
            yield Finding(cause="framework-comes-along", says=says)
    for name, candidate in stack.picks:
        version = candidate.build.version
        for framework, served in servers_of(name, joint.sieve.catalogue) if name in joint.asked else ():
            if not served.gpus:
                continue
            says = say(
                "{name} {version} lets {framework} use {gpus} GPUs: drivetrain plans the pair and does not prove it",
                name=served.name,
                version=version,
                framework=framework.title,
                gpus=served.gpus,
            )
            yield Finding(cause="gpu-vendor-not-planned", says=says)
    for name in dict.fromkeys(served.name for _, _, served in _chosen(joint, stack) if served.is_choice):
        several = [(framework, served) for _, framework, served in _chosen(joint, stack) if served.name == name and served.variable]
        if len(several) > 1:
            values = ", ".join(f"{served.variable[0]}={served.variable[1]}" for _, served in several if served.variable)
            says = say("{name} can compute with {frameworks}: one of {values} says with which", name=name, frameworks=_titles(several), values=values)
            yield Finding(cause="framework-comes-along", says=says)


def _titles(several: list[tuple[Framework, Served]]) -> str:
    return ", ".join(framework.title for framework, _ in several)


def _told(joint: Joint, stack: Stack) -> Iterator[tuple[str, Framework, Served]]:
    """Gives those that must be told of their framework: it is the only one there, and not the one they take without a word."""
    chosen = list(_chosen(joint, stack))
    for version, framework, served in chosen:
        alone = sum(other.name == served.name for _, _, other in chosen) == 1
        if served.variable and alone and not (served.is_choice and served.by_default):
            yield version, framework, served


def _chosen(joint: Joint, stack: Stack) -> Iterator[tuple[str, Framework, Served]]:
    for name, candidate in stack.picks:
        for framework, served in servers_of(name, joint.sieve.catalogue) if name in joint.asked else ():
            version = candidate.build.version
            if is_asked(framework, joint.sieve.request.wishes) and (not served.versions or satisfies(version, served.versions)):
                yield version, framework, served
