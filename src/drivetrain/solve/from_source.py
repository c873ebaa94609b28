"""Says of what has no wheel on the index how it is had: its makers' own wheels where they fit the stack, else compiled beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from msgspec import structs

from drivetrain.catalogue.companions import suits
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.build import Build
from drivetrain.model.companion import Companion, Elsewhere
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Finding, Package, Plan
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.words import say

CAUSE = "extension-must-be-compiled"


def is_left(build: Build, request: Request) -> bool:
    """Tells whether a build is left to whoever installs: it has no wheel, and the request names no place that may have one."""
    return bool(build.from_source) and not (build.from_source == "compiled" and (request.find_links or request.indexes))


def unsure(joint: Joint, stack: Stack, request: Request) -> tuple[str, ...]:
    """Gives what is taken for granted of what is passed on to the places that the request names."""
    passed_on = [pick.build for _, pick in stack.picks if pick.build.from_source and not is_left(pick.build, request)]
    return tuple(
        say(
            "{name} comes from a place that the request names, and its wheel there is for {framework} {version}",
            name=build.distribution,
            framework=framework.distribution,
            version=framework.version,
        )
        for build in passed_on
        if (framework := _framework(joint, stack, build)) is not None
    )


def packages_left(joint: Joint, stack: Stack, request: Request) -> tuple[Package, ...]:
    """Gives what the plan cannot install: releases that are source distributions only."""
    found = []
    for name, pick in stack.picks:
        if is_left(pick.build, request):
            row, framework = _serving(joint, stack, request, pick.build)
            url = _url(row, framework) if row and framework else ""
            version = row.version if row and row.version else pick.build.version
            found.append(Package(name=name, version=version, build="wheel" if url else "source", source=url, requested=name in joint.asked))
    return tuple(found)


def findings_on(joint: Joint, stack: Stack, request: Request, machine: Machine) -> tuple[Finding, ...]:
    """Says of each such release what to do, in one line."""
    return tuple(Finding(cause=CAUSE, says=_says(joint, stack, (request, machine), pick.build)) for _, pick in stack.picks if is_left(pick.build, request))


def _says(joint: Joint, stack: Stack, asked: tuple[Request, Machine], build: Build) -> str:
    request, machine = asked
    companion = joint.sieve.catalogue.companion(build.distribution)
    row, framework = _serving(joint, stack, request, build)
    if row is not None and framework is not None:
        return _to_install(build, row, framework)
    rows = _offered(joint, request, build)
    cuda = framework.cuda if framework is not None and framework.brings_cuda else None
    text = [_how(build, cuda), _compiler(build, cuda, machine)]
    if rows:
        text.append(_made_for(rows[0], companion.framework if companion else ""))
    if companion and companion.successor:
        text.append(say("Its makers point to {successor} instead.", successor=companion.successor))
    return reduce(lambda one, other: say("{one} {other}", one=one, other=other), filter(None, text))


def _to_install(build: Build, row: Elsewhere, framework: Build) -> str:
    name, version, url = build.distribution, row.version or build.version, _url(row, framework)
    if row.links:
        pin = f"{name}=={row.version}" if row.version else name
        return say(
            "{name} has no wheel on the package index; its makers have one for this stack: when the rest is in place, uv pip install {pin} -f {url}",
            name=name,
            pin=pin,
            url=url,
        )
    return say("{name} {version} has no wheel on the package index; its makers have one for this stack at {url}", name=name, version=version, url=url)


def _made_for(row: Elsewhere, framework: str) -> str:
    """Says for which stacks there are wheels: those of the newest row."""
    page = row.url.split("{")[0].rpartition("/")[0] if "{" in row.url else row.url
    if not row.framework:
        return say("Its makers publish wheels at {url}.", url=page)
    parts = [f"{framework} {_span(row.framework)}"]
    cuda = [each for each in row.cuda if each != "cpu"]
    parts += [f"CUDA {'/'.join(cuda)}"] if cuda else []
    parts += [f"Python {_span(row.pythons)}"] if row.pythons else []
    if row.version:
        return say("Its makers' newest wheels, of {version}, are for {stacks}: {url}", version=row.version, stacks=say(", ").join(parts), url=page)
    return say("Its makers' newest wheels are for {stacks}: {url}", stacks=say(", ").join(parts), url=page)


def _span(specifier: str) -> str:
    """Gives "2.4 to 2.8" for `>=2.4,<2.9`, "2.12" for `==2.12.*`, and what else there is as it is."""
    if specifier.startswith("==") and "," not in specifier:
        return specifier[2:].removesuffix(".*")
    low, _, high = specifier.partition(",")
    major, _, minor = high.removeprefix("<").partition(".")
    if low.startswith(">=") and high.startswith("<") and minor.isdigit() and int(minor) > 0 and low[2:].split(".")[0] == major:
        return say("{low} to {high}", low=low[2:], high=f"{major}.{int(minor) - 1}")
    return specifier


def _compiler(build: Build, cuda: str | None, machine: Machine) -> str:
    """Says whether this machine has the nvcc that the build needs."""
    if build.from_source != "compiled" or cuda is None or machine.described:
        return ""
    if not machine.toolkits:
        return say("No CUDA toolkit was found on this machine.")
    if any(each.version.split(".")[0] == cuda.split(".")[0] for each in machine.toolkits):
        return ""
    return say("The CUDA toolkits on this machine are of another major version: {have}.", have=", ".join(each.version for each in machine.toolkits))


def _how(build: Build, cuda: str | None) -> str:
    named = {"name": build.distribution, "version": build.version}
    if build.from_source == "plain":
        return say(
            "{name} {version} is published as source only: when the rest is in place, uv pip install {name}=={version} builds it, without nvcc.", **named
        )
    if build.from_source == "beside":
        return say(
            "{name} {version} is published as source only: when the rest is in place, uv pip install --no-build-isolation {name}=={version} builds it.", **named
        )
    if cuda is None:
        return say(
            "{name} {version} is published as source only: when the rest is in place, uv pip install --no-build-isolation {name}=={version} compiles it.",
            **named,
        )
    return say(
        "{name} {version} is published as source only: with nvcc of CUDA {cuda}, and when the rest is in place, uv pip install --no-build-isolation"
        " {name}=={version} compiles it.",
        **named,
        cuda=cuda,
    )


def _framework(joint: Joint, stack: Stack, build: Build) -> Build | None:
    framework = joint.sieve.catalogue.framework_of_companion(build.distribution)
    pick = stack.pick(framework.distribution) if framework else None
    return pick.build if pick else None


def _offered(joint: Joint, request: Request, build: Build) -> tuple[Elsewhere, ...]:
    """Gives where there are wheels of a release that this target can run."""
    companion = joint.sieve.catalogue.companion(build.distribution)
    versions = {each.build.version for each in joint.sieve.field(build.distribution).candidates}
    rows = _elsewhere(companion, request, joint.sieve.target.platform) if companion else ()
    return tuple(row for row in rows if not row.version or row.version in versions)


def _serving(joint: Joint, stack: Stack, request: Request, build: Build) -> tuple[Elsewhere | None, Build | None]:
    """Gives where there is a wheel for this very stack, and the framework's build that it is for."""
    framework = _framework(joint, stack, build)
    rows = _offered(joint, request, build)
    return next((each for each in rows if framework is not None and _serves(each, framework, stack.python)), None), framework


def _elsewhere(companion: Companion, request: Request, platform: str) -> tuple[Elsewhere, ...]:
    """Gives where a companion has wheels for a platform, of a release that the request takes."""
    wishes = [each.specifier for each in request.wishes if each.name == companion.name and each.specifier and "+" not in each.specifier]
    return tuple(row for row in companion.elsewhere if platform in row.platforms and (not row.version or all(satisfies(row.version, wish) for wish in wishes)))


def _serves(row: Elsewhere, framework: Build, python: str) -> bool:
    return (
        bool(row.framework)
        and suits(row.cuda, framework)
        and satisfies(framework.version, row.framework)
        and (not row.pythons or satisfies(f"{python}.0", row.pythons))
    )


def _url(row: Elsewhere, framework: Build) -> str:
    line = ".".join(framework.version.split(".")[:2])
    return row.url.replace("{line}", line).replace("{build}", framework.build or "cpu")


def with_wheels(plan: Plan, request: Request, machine: Machine, plan_it: Planner, companions: Mapping[str, Companion]) -> Iterator[tuple[str, Plan]]:
    """Plans for each release that must be compiled the nearest stack for which its makers publish a wheel."""
    platform = f"{machine.os.family}-{machine.arch}"
    for package in plan.to_compile:
        companion = None if package.source else companions.get(package.name)
        for row in _elsewhere(companion, request, platform) if companion else ():
            found = next((other for each in _bound(request, companion, row) if isinstance(other := plan_it(each, machine), Plan)), None) if companion else None
            own = found.package(companion.framework) if found and companion else None
            if found is not None and own is not None and any(each.name == package.name and each.source for each in found.to_compile):
                yield say("{framework} {version}, for which {name} has a wheel", framework=own.name, version=own.version, name=package.name), found
                break


def _bound(request: Request, companion: Companion, row: Elsewhere) -> Iterator[Request]:
    """Gives the request bound to what a row has wheels for, the newest CUDA first."""
    if not row.framework:
        return
    wishes = (*request.wishes, Wish(name=companion.framework, specifier=row.framework))
    wishes += (Wish(name="python", specifier=row.pythons),) if row.pythons else ()
    for cuda in sorted((each for each in row.cuda if each != "cpu"), key=version_of, reverse=True) or ("",):
        yield structs.replace(request, wishes=(*wishes, Wish(name="cuda", specifier=f"=={cuda}")) if cuda else wishes)
