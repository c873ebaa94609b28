"""Gives the one machine that asks of a plan what several ask together: every GPU, the oldest driver and C library, the Pythons and places in common."""

from __future__ import annotations

from typing import Literal

from msgspec import structs

from drivetrain.model.build import Framework, Target
from drivetrain.model.dotted import dotted
from drivetrain.model.machine import Cpu, Driver, Index, Interpreter, Machine, OperatingSystem
from drivetrain.model.request import Request
from drivetrain.solve.aim import chosen_gpus, target_of


def same_to_a_plan(request: Request, machine: Machine, frameworks: tuple[Framework, ...]) -> tuple[Target, tuple[str, ...], bool]:
    """Gives a key that is equal for machines between which no relation can tell."""
    target = target_of(request, machine, frameworks)
    plain = structs.replace(target, gpu_names=(), capabilities=tuple(sorted(target.capabilities)), unknown_gpus=tuple(sorted(target.unknown_gpus)))
    return plain, machine.constraints, machine.described


def joined(request: Request, machines: tuple[Machine, ...], frameworks: tuple[Framework, ...]) -> tuple[Request, Machine]:
    """Gives the machine that stands for all of them, which are of one operating system and architecture, and the request for it.

    A machine without a GPU binds no build to the CPU here: a stack with CUDA runs on it as well.
    """
    if len(machines) == 1:
        return request, machines[0]
    pairs = tuple((each, target_of(request, each, frameworks)) for each in machines)
    on_gpu = tuple((machine, target) for machine, target in pairs if target.accelerator == "cuda")
    indexes, sources = _places(request, tuple(machines))
    whole = Machine(
        os=_system(pairs),
        arch=machines[0].arch,
        cpu=Cpu(features=_common_features(machines)),
        driver=_driver(tuple(target for _, target in on_gpu)),
        gpus=tuple(gpu for machine, _ in on_gpu for gpu in chosen_gpus(request, machine))
        or tuple(gpu for each in machines for gpu in each.gpus if gpu.vendor != "nvidia"),
        pythons=_pythons(pairs),
        indexes=indexes,
        constraints=tuple(dict.fromkeys(text for each in machines if not each.described for text in each.constraints)),
        described=all(each.described for each in machines),
    )
    return structs.replace(request, gpus=None, accelerator="cuda" if on_gpu else request.accelerator, sources=sources), whole


def _system(pairs: tuple[tuple[Machine, Target], ...]) -> OperatingSystem:
    known = [each.os.glibc for each, _ in pairs if each.os.glibc]
    in_wsl = all(target.wsl for _, target in pairs)
    return OperatingSystem(family=pairs[0][1].os, glibc=min(known, key=dotted, default=None), wsl="2" if in_wsl else None)


def _driver(targets: tuple[Target, ...]) -> Driver | None:
    """Gives the oldest driver; where their numbers count differently (Windows' inside WSL) or one is not known, the lowest ceiling alone."""
    known = tuple(each for each in targets if each.driver or each.ceiling)
    if not known:
        return None
    ceilings = [each.ceiling for each in known if each.ceiling]
    versions = [each.driver for each in known if each.driver]
    alike = len(versions) == len(known) and len({each.wsl for each in known}) == 1
    return Driver(version=min(versions, key=dotted) if alike else "", cuda=min(ceilings, key=dotted, default=None), source="described")


def _common_features(machines: tuple[Machine, ...]) -> tuple[str, ...]:
    known = [each.cpu.features for each in machines if each.cpu.features]
    return tuple(feature for feature in known[0] if all(feature in each for each in known)) if known else ()


def _pythons(pairs: tuple[tuple[Machine, Target], ...]) -> tuple[Interpreter, ...] | None:
    """Gives the interpreters whose minor version may be chosen on each; None where every Python counts on all of them."""
    bound = [(machine.pythons, target.pythons) for machine, target in pairs if machine.pythons is not None]
    if not bound:
        return None
    common = [each for each in bound[0][1] if all(each in target.pythons for _, target in pairs)]
    first = [each for minor in common for each in bound[0][0] or () if _minor(each.version) == minor]
    # A Python that would be fetched is on no machine yet.
    return tuple(first) or tuple(Interpreter(path="", version=minor, source="common") for minor in common)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _places(request: Request, machines: tuple[Machine, ...]) -> tuple[tuple[Index, ...], Literal["auto", "index", "all"]]:
    """Gives the places that all of them count, and which sources count; a machine that flags described has every place."""
    bound = [each.indexes for each in machines if each.indexes or not each.described]
    names = [{(each.kind, each.name) for each in indexes} for indexes in bound]
    common = tuple(each for each in (bound[0] if bound else ()) if all((each.kind, each.name) in mine for mine in names))
    # A described machine without indexes would count every place; here one of the others does not.
    return common, "index" if bound and not common and request.sources == "auto" else request.sources
