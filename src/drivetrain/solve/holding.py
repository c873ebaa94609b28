"""Asks the relations of a plan again, on the machine as it is now: what of the plan no longer holds there."""

from __future__ import annotations

from msgspec import structs

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.offers import builds_of
from drivetrain.catalogue.relations.wheel_fit import misfit, platform_fits
from drivetrain.model.build import Build, Target
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Package, Plan, Reason
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import target_of
from drivetrain.solve.candidate import Candidate, Stopped
from drivetrain.solve.judge import Judge
from drivetrain.words import say


def no_longer_holds(plan: Plan, gpus: tuple[int, ...] | None, machine: Machine, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Gives the relations that stop packages of the plan on this machine, each cause once per package; nothing where all of them hold.

    The machine is of the plan's own operating system and architecture; that the packages are on an index no longer matters.
    """
    if plan.accelerator == "cuda" and (missing := _no_gpu(gpus, machine)) is not None:
        return (missing,)
    target = _target(plan, gpus, machine, catalogue)
    request = Request(wishes=tuple(Wish(name=each.name) for each in plan.packages if each.requested), pre=True, allow_yanked=True)
    judge = Judge(request, target, catalogue)
    answers = [judge.answer(build) for each in plan.packages if (build := _build(each, target, catalogue)) is not None]
    stopped = tuple(each.reason for each in answers if isinstance(each, Stopped))
    return stopped or _jit(tuple(each for each in answers if isinstance(each, Candidate)), target)


def files_that_fit_no_longer(files: tuple[str, ...], platform: str, release: str | None) -> tuple[Reason, ...]:
    """Gives the locked wheels that are for another system, or for a newer C library or macOS than this one."""
    found = []
    for name in files:
        parts = name.removesuffix(".whl").split("-")
        if not name.endswith(".whl") or len(parts) < 5 or platform_fits(parts[-1], platform, release):
            continue
        distribution, version = parts[0].replace("_", "-").lower(), parts[1]
        cause, says = misfit((parts[-1],), platform, release, name=distribution, version=version)
        found.append(Reason(cause=cause, about=distribution, version=version, says=says))
    return tuple(found)


def _no_gpu(gpus: tuple[int, ...] | None, machine: Machine) -> Reason | None:
    """A stack for the GPU on a machine that has none, or none that a driver answers for."""
    every = machine.nvidia_gpus
    wanted = every if gpus is None else tuple(gpu for index, gpu in enumerate(every) if index in gpus)
    if not wanted:
        says = say("the stack is for the GPU, and this machine has none now: everything computes on the CPU")
        return Reason(cause="no-nvidia-gpu-on-machine", about="GPU", says=says)
    if machine.driver is None and not machine.described:
        says = say("the stack is for the GPU, and {gpu} has no driver now: everything computes on the CPU", gpu=wanted[0].name)
        return Reason(cause="no-nvidia-driver", about=wanted[0].name, says=says)
    return None


def _target(plan: Plan, gpus: tuple[int, ...] | None, machine: Machine, catalogue: Catalogue) -> Target:
    asked = Request(wishes=(), accelerator="cuda" if plan.accelerator == "cuda" else "cpu", gpus=gpus)
    target = target_of(asked, machine, catalogue.frameworks)
    own = tuple(each.wheel_index[0] for each in catalogue.frameworks if each.wheel_index)
    return structs.replace(target, pythons=(plan.python,), places=(*target.places, *own, "conda-forge"))


def _build(package: Package, target: Target, catalogue: Catalogue) -> Build | None:
    """Gives the catalogue's build that a package is; None where it knows none."""
    every = [each for each in builds_of(catalogue, package.name, target, package.version) if each.version == package.version]
    return next((each for each in every if each.build == package.build and each.local == package.local), None)


def _jit(candidates: tuple[Candidate, ...], target: Target) -> tuple[Reason, ...]:
    """What compiles PTX on first start cannot, where the driver serves the CUDA of the stack only in part."""
    compiling = next((each for each in candidates if each.jit and not each.jit_certain), None)
    if compiling is None or not any(each.minor for each in candidates):
        return ()
    build, gpus = compiling.build, ", ".join(name for _, name in target.gpu_names)
    says = say(
        "{name} {version} would compile its code for {gpus}, and driver {driver} serves this CUDA only in part, so it cannot",
        name=build.distribution, version=build.version, gpus=gpus, driver=target.driver or target.ceiling or "?",
    )  # fmt: skip
    return (Reason(cause="ptx-jit-impossible", about=build.distribution, version=build.version, says=says),)
