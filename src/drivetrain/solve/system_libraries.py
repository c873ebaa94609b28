"""Says where a build loads the CUDA libraries of the system and this machine has none of that CUDA: no wheel brings them, so it would compute on the CPU."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.words import say


def system_notices(joint: Joint, stack: Stack, machine: Machine) -> tuple[Finding, ...]:
    """Gives a finding for each such build; of a described machine nobody knows what it has, and the plan's assumption stands."""
    found = []
    for _, candidate in stack.picks if not machine.described and joint.sieve.target.accelerator == "cuda" else ():
        build = candidate.build
        if not build.reads_system or build.family is None:
            continue
        facts = {"name": build.wheel_name, "version": build.version, "cuda": build.cuda}
        if not any(each.version.split(".")[0] == str(build.family) for each in machine.toolkits):
            says = say("{name} {version} needs the toolkit of CUDA {cuda}, and none of that major version is on this machine", **facts)
            found.append(Finding(cause="cuda-library-not-on-loader-path", says=says))
        elif build.cudnn and not any(each.version.split(".")[0] == build.cudnn.split(".")[0] for each in machine.cudnn):
            says = say("{name} {version} needs cuDNN {cudnn} of the system, and none of that major version is on this machine", cudnn=build.cudnn, **facts)
            found.append(Finding(cause="cudnn-not-found", says=says))
    return tuple(found)
