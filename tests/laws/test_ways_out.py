"""Law: whoever makes the change that a way out names gets the stack that it shows."""

from __future__ import annotations

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
    for way in answer.relaxations:
        again = solve(*changed(way.change, request, machine), FACTS, relaxations=False)
        assert isinstance(again, Plan), way.says
        requested = [{(each.name, each.version, each.build) for each in plan.packages if each.requested} for plan in (way.plan, again)]
        assert requested[0] == requested[1], way.says
        assert way.plan.python == again.python
