"""Pairs of distributions that metadata lets together and that do not work together."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.catalogue import Break
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    met = False
    for each in context.catalogue.breaks:
        one, other = _installed(context, each.distribution), environment.distribution(each.other)
        if one is None or other is None:
            continue
        if not _ordered(one) or not _ordered(other):
            yield RULE.unknown(one.name, say("{version} is no version that can be ordered", version=one.version if not _ordered(one) else other.version))
        elif satisfies(one.version, each.versions) and satisfies(other.version, each.other_versions):
            met = True
            yield _found(each, one, other)
    if not met:
        yield RULE.clear(WHOLE, say("none of {count} known pairs that break each other is here", count=len(context.catalogue.breaks)))


def _installed(context: Context, name: str) -> Installed | None:
    """Gives a distribution that is installed; of a framework whose wheels have names of their own, the one that is there."""
    framework = context.catalogue.framework(name)
    names = (name, *framework.names) if framework and framework.distribution == name else (name,)
    return next((one for each in names if (one := context.environment.distribution(each)) is not None), None)


def _ordered(one: Installed) -> bool:
    try:
        Version(one.version)
    except InvalidVersion:
        return False
    return True


def _found(each: Break, one: Installed, other: Installed) -> Outcome:
    return RULE.found(
        one.name,
        say("{name} {version} does not work with {other} {other_version}", name=one.name, version=one.version, other=other.name, other_version=other.version),
        (Evidence(path=one.path, text=f"{one.name} {one.version}"), Evidence(path=other.path, text=f"{other.name} {other.version}: {each.says}")),
        (
            Fix(
                says=say("plan {name} again: with the newest {other} that it works with", name=one.name, other=other.name),
                edit=Edit(require=(f"{one.name}=={one.version}", other.name)),
            ),
        ),
        cause=each.cause,
        sources=each.sources,
    )


RULE = Rule(
    cause="dependency-pin-conflict",
    severity="error",
    check=_check,
    sources=("https://numpy.org/devdocs/numpy_2_0_migration_guide.html",),
)
