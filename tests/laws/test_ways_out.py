"""Law: whoever makes the change that a way out names gets the stack that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import msgspec
import pytest

from drivetrain.catalogue import drivers
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Driver, Interpreter, Machine
from drivetrain.model.plan import Change, Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.components import driver_fits
from drivetrain.solve.relaxations import MOST

FACTS = catalogue()
NAMES = (
    *("tensorflow", "torch", "jax", "torchvision", "tensorflow==2.13.*", "tensorflow==2.99", "tensorflow-gpu==2.9.*", "torch==1.13.1+cu117", "torch>=2.12"),
    *("jax==0.4.30", "keras<3", "numpy<2", "numpy>=2", "protobuf<4", "cuda==11.8", "cuda==12.8", "cudnn==8.9.2", "driver>=580", "python==3.9", "python==3.13"),
)


def asked(chance: Random) -> tuple[str, ...]:
    picked = {each.partition("=")[0].partition("<")[0].partition(">")[0].replace("-gpu", ""): each for each in chance.sample(NAMES, 3)}
    return (*picked.values(), *(() if {"torch", "tensorflow", "jax"} & set(picked) else ("torch",)))


def machine_of(chance: Random) -> Machine:
    os = chance.choice(["linux", "linux", "linux", "windows", "wsl2", "macos"])
    gpus = chance.choice([(), ("sm_89",), ("sm_120",), ("sm_61",), ("sm_70", "sm_89"), ("sm_37",)]) if os != "macos" else ()
    machine = described(os=os, gpus=gpus, driver=chance.choice([None, "470", "535", "550", "580"]) if gpus else None)
    if chance.random() < 0.4:
        return machine
    pythons = tuple(Interpreter(path=f"/usr/bin/python{each}", version=each) for each in chance.sample(["3.8.10", "3.10.4", "3.11.9", "3.12.3", "3.13.1"], 2))
    return msgspec.structs.replace(machine, described=False, pythons=pythons)


def changed(change: Change, request: Request, machine: Machine) -> tuple[Request, Machine]:
    """Makes the change as a person would: by typing other requirements, or going to another target."""
    replaced = {FACTS.framework(name).distribution if FACTS.framework(name) else name for name in (wish_of(each).name for each in change.require)}  # type: ignore[union-attr]
    names = replaced | set(change.drop) | ({"python"} if change.python else set())
    kept = [each for each in request.wishes if not {each.name, each.text, each.name.removesuffix("-gpu")} & names]
    typed = [*change.require, *([f"python=={change.python}"] if change.python else [])]
    fields = {key: value for key in ("accelerator", "sources", "engine", "gpus") if (value := getattr(change, key)) is not None}
    request = msgspec.structs.replace(request, wishes=(*kept, *map(wish_of, typed)), fetch_python=bool(change.python), **fields)
    if change.os:
        capabilities = tuple(f"sm_{(each.compute_capability or '').replace('.', '')}" for each in machine.nvidia_gpus)
        machine = described(os=change.os, arch=machine.arch, gpus=capabilities, driver=machine.driver and machine.driver.version)
    if change.driver:
        cuda = drivers.ceiling(change.driver, machine.os.family, wsl=machine.os.wsl is not None)
        machine = msgspec.structs.replace(machine, driver=Driver(version=change.driver, cuda=cuda))
    return request, machine


@pytest.mark.parametrize("seed", range(25))
def test_a_way_out_is_one(seed: int) -> None:
    chance = Random(seed)
    request = Request(wishes=tuple(map(wish_of, asked(chance))), sources=chance.choice(["auto", "index", "all"]))
    machine = machine_of(chance)
    answer = solve(request, machine, FACTS)
    if isinstance(answer, Plan):
        return
    assert answer.refusal
    assert answer.relaxations
    assert len({way.change for way in answer.relaxations}) == len(answer.relaxations)
    for way in answer.relaxations:
        again = solve(*changed(way.change, request, machine), FACTS, relaxations=False)
        assert isinstance(again, Plan), way.says
        requested = [{(each.name, each.version, each.build) for each in plan.packages if each.requested} for plan in (way.plan, again)]
        assert requested[0] == requested[1], way.says
        assert way.plan.python == again.python


def served(request: Request, machine: Machine) -> bool:
    return isinstance(solve(request, machine, FACTS, relaxations=False), Plan)


def single_changes(request: Request, machine: Machine) -> Iterator[str]:
    """Tries every single change of the target, one after the other, and gives the kinds that help."""
    if machine.os.family == "windows" and served(*changed(Change(os="wsl2"), request, machine)):
        yield "os"
    if request.sources != "all" and served(*changed(Change(sources="all"), request, machine)):
        yield "sources"
    if machine.pythons is not None and served(msgspec.structs.replace(request, fetch_python=True), machine):
        yield "python"
    bound = [each for each in request.wishes if each.specifier and not each.is_component and FACTS.framework(each.name) is None]
    # What conda-forge has of other distributions is not known: a version that is asked of one is no way out through conda.
    if not bound and served(*changed(Change(engine="conda"), request, machine)):
        yield "engine"
    kinds = {each.compute_capability for each in machine.nvidia_gpus}
    if len(kinds) > 1 and any(served(*changed(Change(gpus=(at,)), request, machine)) for at in range(len(machine.nvidia_gpus))):
        yield "gpus"
    if machine.driver is not None and (newer := lowest_driver(request, machine)):
        yield f"driver {newer}"
    plain = tuple(each for each in request.wishes if not each.is_component or each.name == "python")
    if machine.driver is not None and served(msgspec.structs.replace(request, wishes=plain, accelerator="cpu"), machine):
        yield "accelerator"


def lowest_driver(request: Request, machine: Machine) -> str | None:
    """Walks the drivers from the lowest on."""
    os, wsl, here = machine.os.family, machine.os.wsl is not None, machine.driver.version if machine.driver else "0"
    known = {drivers.minimum_driver(f"{major}.0", os, wsl=wsl) for major in (11, 12, 13)}
    known |= {drivers.full_driver(release, os, wsl=wsl) for release in drivers.known_releases(os, wsl=wsl)}
    asked_for = [each.specifier for each in request.wishes if each.name == "driver"]
    for version in sorted(filter(None, known), key=numbers):
        fits = all(driver_fits(version, each) for each in asked_for)
        if numbers(version) > numbers(here) and fits and served(*changed(Change(driver=version), request, machine)):
            return version
    return None


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@pytest.mark.parametrize("seed", [2, 3, 4, 8, 9, 11, 16, 24])
def test_no_single_change_of_the_target_that_helps_is_missed(seed: int) -> None:
    chance = Random(seed)
    request = Request(wishes=tuple(map(wish_of, asked(chance))), sources=chance.choice(["auto", "index", "all"]))
    machine = machine_of(chance)
    answer = solve(request, machine, FACTS)
    if isinstance(answer, Plan) or len(answer.relaxations) >= MOST:
        return
    offered = {key for way in answer.relaxations for key, value in msgspec.structs.asdict(way.change).items() if value not in (None, ())}
    offered |= {f"driver {way.change.driver}" for way in answer.relaxations if way.change.driver}
    asked_for = {f"driver {least}" for each in request.wishes if each.name == "driver" and (least := each.specifier.lstrip(">="))}
    missed = set(single_changes(request, machine)) - offered
    assert not {each for each in missed if not (each.startswith("driver") and asked_for & offered)}, answer.relaxations
