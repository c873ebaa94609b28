"""Gives what a plan must run on: the target, from a machine and a request."""

from __future__ import annotations

from collections.abc import Callable

from drivetrain.catalogue import drivers
from drivetrain.catalogue.places import place_at
from drivetrain.catalogue.relations.markers import matches_prefix
from drivetrain.model.build import Framework, Target
from drivetrain.model.catalogue import PYTHONS
from drivetrain.model.dotted import dotted
from drivetrain.model.machine import Gpu, Machine
from drivetrain.model.plan import Finding, Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.words import say

Planner = Callable[[Request, Machine], "Plan | Refusal"]
"""Plans a changed request or machine: handed to whatever looks for ways out, so that no module needs the one that called it."""

KNOWN_PYTHONS = tuple(reversed(PYTHONS))
"""Newest first."""


def target_of(request: Request, machine: Machine, frameworks: tuple[Framework, ...]) -> Target:
    """Gives the target: every GPU that must be served, the driver and its ceiling, the Pythons and the places that count."""
    gpus = chosen_gpus(request, machine)
    os = machine.os.family
    wsl = machine.os.wsl is not None
    driver, ceiling = _driver(machine)
    if driver is None and machine.described and (least := least_driver(request)):
        driver, ceiling = least, drivers.ceiling(least, os, wsl=wsl)
    has_cuda = bool(gpus) and (driver is not None or ceiling is not None or machine.described)
    accelerator = request.accelerator if request.accelerator != "auto" else ("cuda" if has_cuda else "cpu")
    return Target(
        os=os,
        wsl=wsl,
        arch=machine.arch,
        release=machine.os.release,
        accelerator=accelerator,
        driver=driver,
        ceiling=ceiling,
        capabilities=tuple(dict.fromkeys(gpu.compute_capability for gpu in gpus if gpu.compute_capability)),
        gpu_names=tuple({gpu.compute_capability: gpu.name for gpu in reversed(gpus) if gpu.compute_capability}.items()),
        unknown_gpus=tuple(dict.fromkeys(gpu.name for gpu in gpus if not gpu.compute_capability)),
        pythons=pythons_of(request, machine),
        places=places_of(request, machine, frameworks),
        cpu_features=machine.cpu.features,
    )


def chosen_gpus(request: Request, machine: Machine) -> tuple[Gpu, ...]:
    """Gives the NVIDIA GPUs that the plan must serve."""
    every = machine.nvidia_gpus
    return every if request.gpus is None else tuple(gpu for index, gpu in enumerate(every) if index in request.gpus)


def _driver(machine: Machine) -> tuple[str | None, str | None]:
    if machine.driver is None:
        return None, None
    version = machine.driver.version or None
    # What the driver itself says outranks the table; the table answers for a described one.
    return version, machine.driver.cuda or (drivers.ceiling(version, machine.os.family, wsl=machine.os.wsl is not None) if version else None)


def least_driver(request: Request) -> str | None:
    """Gives the lowest driver that the request's own wishes allow: what a described machine without one is planned for."""
    wishes = (each.specifier for each in request.wishes if each.name == "driver" and each.is_component)
    clauses = [clause.strip() for wish in wishes for clause in wish.split(",")]
    return max((clause.lstrip("=><~ ").removesuffix(".*") for clause in clauses if clause.startswith(("==", ">", "~="))), key=_order, default=None)


def pythons_of(request: Request, machine: Machine) -> tuple[str, ...]:
    """Gives the minor versions that may be chosen, those already there first, newest first."""
    wishes = [each.specifier for each in (*request.wishes, *request.constraints) if each.name == "python" and each.is_component]
    there = sorted({each.version for each in machine.pythons or ()}, key=_order, reverse=True)
    fitting = [_minor(each) for each in there if all(matches_prefix(each, wish) for wish in wishes)]
    if machine.pythons is None or request.fetch_python:
        fitting += [each for each in KNOWN_PYTHONS if all(_could_match(each, wish) for wish in wishes)]
    ruled_out = {version for name, version in request.ruled_out if name == "python"}
    return tuple(each for each in dict.fromkeys(fitting) if each not in ruled_out)


def _could_match(minor: str, wish: str) -> bool:
    """Tells whether some patch release of a minor version satisfies a wish such as `==3.11.7`."""
    return matches_prefix(minor, wish) or any(matches_prefix(f"{minor}.{patch}", wish) for patch in range(30))


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _order(version: str) -> tuple[int, ...]:
    try:
        return dotted(version)
    except ValueError:
        return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def places_of(request: Request, machine: Machine, frameworks: tuple[Framework, ...]) -> tuple[str, ...]:
    """Gives the places whose packages count: the configured indexes and find-links always, the frameworks' own by `--sources` or where one is named."""
    own = [*(each.wheel_index[0] for each in frameworks if each.wheel_index), *(each.page.place for each in frameworks if each.page)]
    tied = (address for each in request.wishes for address in (each.index, each.url) if address)
    named = (*request.indexes, *request.find_links, *tied, *(each.name for each in machine.indexes if each.kind == "index" and each.reachable is not False))
    configured = (
        "index",
        *(f"find-links:{each.name}" for each in machine.indexes if each.kind == "find-links"),
        *(f"index:{each}" for each in _mirrors(request, machine) if place_at(each, frameworks) is None),
        *dict.fromkeys(place.name for each in named if (place := place_at(each, frameworks))),
    )
    if request.engine == "conda":
        configured = (*configured, "conda-forge")
    if request.sources == "index":
        return configured
    if request.sources == "all" or (machine.described and not machine.indexes):
        configured = (*configured, *own)
    elif not any(each.kind == "conda" and each.origin == "answered" for each in machine.indexes):
        return configured
    return tuple(dict.fromkeys((*configured, *(("conda-forge",) if request.engine == "auto" else ()))))


def _mirrors(request: Request, machine: Machine) -> tuple[str, ...]:
    """Gives the configured indexes beside the default one: builds with a label that a refresh found there count, whatever framework they are of."""
    there = (each for each in machine.indexes if each.kind == "index" and each.reachable is not False and each.origin not in ("default", "answered"))
    return (*(each.name for each in there), *(each.rstrip("/") for each in request.indexes))


def findings_of(target: Target, machine: Machine) -> tuple[Finding, ...]:
    """Says what about the machine decides the plan before any release is looked at."""
    found = []
    if machine.nvidia_gpus and machine.driver is None and not machine.described:
        names = ", ".join(dict.fromkeys(gpu.name for gpu in machine.nvidia_gpus))
        noted = next((note for note in machine.notes if note.cause in ("container-without-gpu", "nouveau-active", "no-nvidia-driver")), None)
        found.append(
            Finding(
                cause=noted.cause if noted else "no-nvidia-driver",
                says=noted.says if noted else say("{gpus} has no NVIDIA driver, so nothing can use it yet", gpus=names),
            )
        )
    elif not machine.nvidia_gpus and target.accelerator == "cpu":
        other = next((gpu for gpu in machine.gpus if gpu.vendor != "nvidia"), None)
        if other is not None:
            found.append(
                Finding(cause="gpu-vendor-not-planned", says=say("{gpu}: only NVIDIA GPUs are planned for; this is a stack for the CPU", gpu=other.name))
            )
        else:
            found.append(Finding(cause="no-nvidia-gpu-on-machine", says=say("no NVIDIA GPU was found; this is a stack for the CPU")))
    return tuple(found)
