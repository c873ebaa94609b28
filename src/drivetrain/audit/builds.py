"""Finds the catalogue's build that an installed distribution is, so that auditor and planner judge by the same facts."""

from __future__ import annotations

from drivetrain.audit.rule import Context
from drivetrain.audit.target import target_of
from drivetrain.catalogue.offers import builds_of
from drivetrain.model.build import Build
from drivetrain.model.dotted import minor
from drivetrain.model.environment import BuildFacts, Installed

_FACTS_OF = {"jax": "jaxlib"}


def build_of(context: Context, one: Installed) -> Build | None:
    """Gives the CUDA build of the catalogue that this distribution is; None where the catalogue has none that fits what is known of it."""
    public, _, local = one.version.partition("+")
    target = target_of(context.machine, context.environment, context.gpus)
    builds = [each for each in builds_of(context.catalogue, one.name, target, public) if (each.version, each.wheel_name) == (public, one.name)]
    if context.catalogue.framework(one.name) is None:
        return builds[0] if builds else None
    facts = context.facts(_FACTS_OF.get(one.name, one.name))
    fitting = [each for each in builds if each.brings_cuda and (each.local == local if local else not each.local)]
    return next((each for each in fitting if _agrees(each, facts)), None)


def _agrees(build: Build, facts: BuildFacts | None) -> bool:
    """Tells whether the CUDA that the installed files state is that of the build; what either leaves out agrees with everything."""
    if facts is None or facts.cuda is None:
        return True
    if build.cuda is not None and "." in facts.cuda:
        return minor(build.cuda) == minor(facts.cuda)
    return build.family is None or str(build.family) == facts.cuda.partition(".")[0]
