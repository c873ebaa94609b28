"""Says what of a stack for the CPU uses a GPU that is not NVIDIA's, and which build would: drivetrain does not plan those, and names the line to type."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.build import Build, Framework, OtherGpu
from drivetrain.model.machine import Gpu, Machine
from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.words import say

CAUSE = "gpu-vendor-not-planned"


def other_gpu_notices(joint: Joint, stack: Stack, machine: Machine) -> tuple[Finding, ...]:
    """Gives a finding per framework asked for that can use such a GPU; none where there is an NVIDIA GPU, which is planned for."""
    if joint.sieve.target.accelerator != "cpu" or machine.nvidia_gpus:
        return ()
    builds = [candidate.build for name, candidate in stack.picks if name in joint.asked]
    return tuple(notice for gpu in machine.gpus[:1] for build in builds for notice in _notices(joint, build, gpu))


def _notices(joint: Joint, build: Build, gpu: Gpu) -> Iterator[Finding]:
    framework = joint.sieve.catalogue.framework(build.distribution)
    for way in framework.other_gpus if framework else ():
        if framework is None or way.vendor != gpu.vendor or joint.sieve.target.os not in way.systems:
            continue
        if not way.build:
            facts = {"title": framework.title, "version": build.version, "gpu": gpu.name, "how": way.how}
            yield Finding(cause=CAUSE, says=say("{title} {version} uses {gpu} through {how}, with this very wheel", **facts))
        elif (newest := _newest(joint, framework, way)) is not None:
            version, label = newest
            says = say(
                "{title} {version} has a build for {gpu} ({how}), which is not planned: {line}",
                title=framework.title,
                version=version,
                gpu=gpu.name,
                how=way.how,
                line=way.line.format(version=version, build=label),
            )
            yield Finding(cause=CAUSE, says=says)


def _newest(joint: Joint, framework: Framework, way: OtherGpu) -> tuple[str, str] | None:
    """Gives (version, build) of the newest release that has such a build for this platform."""
    rows = [
        (row.version, row.build)
        for row in joint.sieve.catalogue.other_builds(framework.name)
        if row.build.startswith(way.build) and joint.sieve.target.platform in row.platforms
    ]
    return max(rows, key=lambda row: (version_of(row[0]), [int(part) for part in row[1].removeprefix(way.build).split(".") if part]), default=None)
