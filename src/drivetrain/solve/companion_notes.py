"""Says what is worth knowing of the companions in a stack: no CUDA inside, no longer maintained, CUDA not known."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.model.build import Build
from drivetrain.model.companion import Companion
from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.words import say


def companion_findings(joint: Joint, stack: Stack) -> tuple[Finding, ...]:
    """Gives the findings on the companions that were asked for."""
    cuda = joint.sieve.target.accelerator == "cuda"
    return tuple(
        finding for companion, build in _companions(joint, stack) if build.distribution in joint.asked for finding in _findings(companion, build, cuda)
    )


def _findings(companion: Companion, build: Build, cuda: bool) -> Iterator[Finding]:
    named = {"name": build.distribution, "version": build.version}
    if cuda and build.without_cuda:
        pages = ", ".join(dict.fromkeys(row.url for row in companion.elsewhere))
        says = say("{name} {version} of the package index holds no CUDA code and runs on the CPU", **named)
        if pages:
            says = say("{name} {version} of the package index holds no CUDA code and runs on the CPU; its makers' CUDA wheels are at {url}", **named, url=pages)
        yield Finding(cause="cpu-only-package-installed", says=says)
    if companion.successor and not build.from_source:
        says = say("{name} is no longer maintained: its makers point to {successor}", name=build.distribution, successor=companion.successor)
        yield Finding(cause="package-no-longer-maintained", says=says)


def companion_assumptions(joint: Joint, stack: Stack) -> tuple[str, ...]:
    """Gives what is taken for granted of the companions in the stack, asked for or not."""
    if joint.sieve.target.accelerator != "cuda":
        return ()
    return tuple(text for companion, build in _companions(joint, stack) for text in _assumptions(companion, build))


def _assumptions(companion: Companion, build: Build) -> Iterator[str]:
    if not companion.compiled or build.from_source:
        return
    named = {"name": build.distribution, "version": build.version}
    if not build.suits and build.variant != "index":
        yield say("which CUDA {name} {version} was compiled for is not known", **named)
    elif build.code is None and not build.capability:
        yield say("the device code of {name} {version} {build} is not known", **named, build=build.build)


def _companions(joint: Joint, stack: Stack) -> Iterator[tuple[Companion, Build]]:
    for name, pick in stack.picks:
        companion = joint.sieve.catalogue.companion(name)
        if companion is not None:
            yield companion, pick.build
