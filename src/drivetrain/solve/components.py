"""Asks the wishes for components of the target itself: what no choice of builds could meet."""

from __future__ import annotations

from msgspec import structs

from drivetrain.catalogue.relations.last_driver import SOURCES, last_branch_before
from drivetrain.catalogue.relations.markers import matches_prefix
from drivetrain.model.build import Target
from drivetrain.model.machine import Gpu, Machine
from drivetrain.model.plan import Reason
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import chosen_gpus
from drivetrain.words import say


def unmet_components(request: Request, target: Target, machine: Machine) -> tuple[Reason, ...]:
    """Gives a reason per component that the target lacks: a driver that nobody installs for a plan, one for this GPU, CUDA in a stack for the CPU."""
    wishes = (reason for wish in request.wishes if is_bound(wish) and (reason := _unmet(wish, target, machine)) is not None)
    dropped = gpus_dropped(request, machine) if target.accelerator == "cuda" else ()
    return (*(_dropped(gpu, last, machine) for gpu, last in dropped), *wishes)


def gpus_dropped(request: Request, machine: Machine) -> tuple[tuple[Gpu, str], ...]:
    """Gives the GPUs, one of each compute capability, that the driver no longer serves, with the last branch that did."""
    driver = machine.driver.version if machine.driver else ""
    # A driver that answers for a GPU serves it, whatever a table says.
    silent = (gpu for gpu in chosen_gpus(request, machine) if driver and gpu.compute_capability and not gpu.driver_bound)
    kinds = {gpu.compute_capability: gpu for gpu in silent}
    return tuple((gpu, last) for each, gpu in kinds.items() if each and (last := last_branch_before(driver, each)) is not None)


def unmet_wishes(request: Request, target: Target, machine: Machine) -> tuple[Wish, ...]:
    """Gives the wishes for components that the target lacks."""
    return tuple(wish for wish in request.wishes if is_bound(wish) and _unmet(wish, target, machine) is not None)


def without(request: Request, wishes: tuple[Wish, ...]) -> Request:
    """Gives the request without some of its wishes."""
    return structs.replace(request, wishes=tuple(each for each in request.wishes if not any(each is wish for wish in wishes)))


def is_bound(wish: Wish) -> bool:
    """Tells whether a wish says which version of a component there must be."""
    return wish.is_component and bool(wish.specifier)


def without_cuda(request: Request) -> tuple[Request, tuple[str, ...]]:
    """Gives the request without its wishes for CUDA, cuDNN and driver, which a stack for the CPU has no use for, and what was left out."""
    dropped = tuple(each for each in request.wishes if each.is_component and each.name != "python")
    return structs.replace(without(request, dropped), accelerator="cpu"), tuple(text_of(each) for each in dropped)


def text_of(wish: Wish) -> str:
    """Gives a wish as it was typed."""
    return wish.text or f"{wish.name}{wish.specifier}"


def driver_fits(driver: str, specifier: str) -> bool:
    """Tells whether a driver satisfies a wish; a branch named alone ("580") means some release of it."""
    if "." in driver:
        return matches_prefix(driver, specifier)
    return any(matches_prefix(each, specifier) for each in (driver, f"{driver}.999.99")) or any(
        clause.strip().lstrip("=><~! ").split(".")[0] == driver for clause in specifier.split(",") if not clause.strip().startswith(("!=", "<"))
    )


def _dropped(gpu: Gpu, last: str, machine: Machine) -> Reason:
    driver = machine.driver.version if machine.driver else ""
    says = say("driver {driver} no longer serves the {gpu}: the last branch that does is {last}", driver=driver, gpu=gpu.name, last=last)
    return Reason(cause="no-nvidia-driver", about=gpu.name, says=says, sources=SOURCES)


def _unmet(wish: Wish, target: Target, machine: Machine) -> Reason | None:
    return _driver(wish, target, machine) if wish.name == "driver" else _cuda(wish, target)


def _driver(wish: Wish, target: Target, machine: Machine) -> Reason | None:
    if target.driver is not None:
        if driver_fits(target.driver, wish.specifier):
            return None
        says = say("{wish} is asked for, the driver is {driver}: a driver is never installed with a plan", wish=text_of(wish), driver=target.driver)
        return Reason(cause="driver-too-old-for-cuda", about=text_of(wish), says=says)
    if machine.described:
        return None
    if machine.nvidia_gpus:
        says = say("{wish} is asked for, and no NVIDIA driver is installed", wish=text_of(wish))
        return Reason(cause="no-nvidia-driver", about=text_of(wish), says=says)
    return Reason(cause="no-nvidia-gpu-on-machine", about=text_of(wish), says=say("{wish} is asked for, and there is no NVIDIA GPU", wish=text_of(wish)))


def _cuda(wish: Wish, target: Target) -> Reason | None:
    if wish.name not in ("cuda", "cudnn") or target.accelerator == "cuda":
        return None
    says = say("{wish} is asked for, and a stack for the CPU has neither CUDA nor cuDNN", wish=text_of(wish))
    return Reason(cause="no-nvidia-gpu-on-machine", about=text_of(wish), says=says)
