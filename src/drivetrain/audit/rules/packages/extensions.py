"""Extensions that were compiled for another release of their framework, or another CUDA, than the one that is here."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs
from packaging.version import InvalidVersion, Version

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.catalogue.companions import companion_builds, labelled_build, suits
from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import Release, Wheel
from drivetrain.model.companion import Companion
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_CAUSES = {"bitsandbytes": "bitsandbytes-cuda-lib-not-selected"}
"""Extensions for which another CUDA has a page of its own."""


def _check(context: Context) -> Iterator[Outcome]:
    seen = False
    for one in context.environment.installed:
        companion, framework = context.catalogue.companion(one.name), context.catalogue.framework_of_companion(one.name)
        if companion is None or framework is None or not (companion.compiled or companion.source == "compiled"):
            continue
        beside = context.environment.distribution(framework.distribution)
        if beside is not None and not one.build:
            seen = True
            yield _proven(context, one, _answer(context, (companion, framework), one, beside))
    if not seen:
        yield RULE.clear(WHOLE, say("no extension is here that is bound to a framework's release"))


def _proven(context: Context, one: Installed, outcome: Outcome) -> Outcome:
    """Adds the names that its libraries take and nobody gives, where the symbol tables were read."""
    if outcome.state != "found" or not context.environment.unmet:
        return outcome
    own = {each.path for each in one.files}
    lacking = [each for each in context.environment.unmet if each.path in own]
    proof = tuple(Evidence(path=each.path, text=f"undefined symbol: {each.symbols[0]}") for each in lacking)
    return structs.replace(outcome, evidence=(*outcome.evidence, *proof))


def _answer(context: Context, known: tuple[Companion, Framework], one: Installed, beside: Installed) -> Outcome:
    companion, framework = known
    try:
        builds = tuple(_built(context, companion, framework, Version(one.version)))
        version = Version(beside.version).public
    except InvalidVersion:
        return RULE.unknown(one.name, say("{version} is no version that can be ordered", version=f"{one.version}, {beside.version}"))
    if not builds:
        return RULE.unknown(one.name, say("for which {framework} {name} {version} was compiled is not known", framework=beside.name, **_named(one)))
    needs = [each for each in builds[0].requires if each.name == framework.distribution and not satisfies(version, each.specifier)]
    if needs:
        need = needs[0].specifier
        says = say("{name} {version} is for {framework} {need}, and {other} is here", **_named(one), framework=beside.name, need=need, other=beside.version)
        return _found(one, beside, says, builds[0])
    facts = context.facts(framework.distribution)
    if facts is None or facts.is_cuda_build is None or (facts.is_cuda_build and facts.cuda is None):
        return RULE.unknown(one.name, say("which CUDA {framework} {version} was built with is not known", framework=beside.name, version=beside.version))
    here = Build(distribution=beside.name, version=version, cuda=facts.cuda, brings_cuda=facts.is_cuda_build)
    if not any(suits(each.suits, here) for each in builds):
        has = ", ".join(f"CUDA {each}" for each in builds[0].suits if each != "cpu") or say("the CPU alone")
        cuda = f"CUDA {facts.cuda}" if facts.cuda else say("no CUDA")
        says = say("{name} {version} is built for {has}, and {framework} has {cuda}", **_named(one), has=has, framework=beside.name, cuda=cuda)
        return structs.replace(_found(one, beside, says, builds[0]), cause=_CAUSES.get(one.name, RULE.cause))
    return RULE.clear(one.name, say("{name} {version} goes with {framework} {other}", **_named(one), framework=beside.name, other=beside.version))


def _built(context: Context, companion: Companion, framework: Framework, version: Version) -> Iterator[Build]:
    """Gives the builds that the installed version may be: several where files of two indexes bear the same; none for one that its owner compiled."""
    catalogue = context.catalogue
    release = next((each for each in catalogue.releases(companion.name) if each.version == version.public), Release(version=version.public))
    plain = Build(distribution=companion.name, version=version.public, dated=release.released, requires=release.requires, wheels=release.wheels)
    labelled = labelled_build(framework, plain, version.local) if version.local else None
    if companion.compiled:
        plain = structs.replace(plain, wheels=release.wheels or (Wheel("py3-none-any"),))
        target = Target(os=context.machine.os.family, arch=context.machine.arch)
        made = companion_builds(companion, framework, plain, target, catalogue.releases(framework.distribution))
        known = [each for each in made if each.local == (version.local or "")]
        yield from known
        labelled = None if known else labelled
    if labelled is not None:
        yield labelled


def _named(one: Installed) -> dict[str, str]:
    return {"name": one.name, "version": one.version}


def _found(one: Installed, beside: Installed, says: str, build: Build) -> Outcome:
    return RULE.found(
        one.name,
        says,
        (Evidence(path=one.path, text=f"{one.name} {one.version}"), Evidence(path=beside.path, text=f"{beside.name} {beside.version}")),
        (
            Fix(
                says=say("plan {name} again: with the newest {other} that it works with", name=one.name, other=beside.name),
                edit=Edit(require=(f"{one.name}=={Version(one.version).public}", beside.name)),
            ),
        ),
        sources=build.sources or RULE.sources,
    )


RULE = Rule(
    cause="extension-built-for-other-framework-version",
    severity="error",
    check=_check,
    sources=("https://pytorch.org/docs/stable/cpp_extension.html",),
)
