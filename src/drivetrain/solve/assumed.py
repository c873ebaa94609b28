"""Says what is taken for granted of a build that may be chosen: what nobody knows of it permits, and is told."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue.families import must_hold_code
from drivetrain.catalogue.relations.driver import driver_serves
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.plan import Unknown
from drivetrain.solve.wheels import newer_glibc
from drivetrain.words import say


def assumptions_of(build: Build, framework: Framework | None, target: Target) -> tuple[str, ...]:
    """Gives one sentence for each thing that is not known of the build on this target."""
    return (*_of_the_release(build, framework, target), *(_of_cuda(build, framework, target) if target.accelerator == "cuda" else ()))


def _of_the_release(build: Build, framework: Framework | None, target: Target) -> Iterator[str]:
    if build.assumption:
        yield build.assumption
    if framework is not None and not build.known:
        yield say("{name} {version} is newer than the catalogue: only its metadata is known", name=build.distribution, version=build.version)
    if (need := newer_glibc(build, target)) is not None:
        yield say("{name} {version} needs glibc {need}, and this target's is not known", name=build.distribution, version=build.version, need=need)
    if not build.complete:
        yield say("not all requirements of {name} {version} {build} are known", name=build.distribution, version=build.version, build=build.build)


def _of_cuda(build: Build, framework: Framework | None, target: Target) -> Iterator[str]:
    if build.reads_system:
        named = {"name": build.wheel_name, "version": build.version, "cuda": build.cuda}
        yield (
            say("{name} {version} loads CUDA {cuda} and cuDNN {cudnn} of the system: no wheel brings them", **named, cudnn=build.cudnn)
            if build.cudnn
            else say("{name} {version} loads CUDA {cuda} of the system: no wheel brings it", **named)
        )
    if build.code is None and target.capabilities:
        if framework is not None and framework.libraries and build.brings_cuda:
            yield say("the device code of {name} {version} {build} is not known", name=build.distribution, version=build.version, build=build.build)
        if must_hold_code(build.distribution):
            yield say("the device code of {name} {version} is not known", name=build.distribution, version=build.version)
    if build.cuda and framework is not None and isinstance(unknown := driver_serves(target, build.cuda), Unknown):
        yield unknown.says
