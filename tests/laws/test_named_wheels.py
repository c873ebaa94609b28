"""Laws of frameworks whose wheels have names of their own: one wheel each, one CUDA, and the auditor has nothing against the plan."""

from __future__ import annotations

from random import Random

import pytest

from drivetrain.audit import audit
from drivetrain.catalogue.families import family_of
from drivetrain.catalogue.promised import environment_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of

FACTS = catalogue()
NAMED = ("cupy", "cupy-cuda12x", "onnxruntime", "onnxruntime-gpu<1.27", "mxnet", "paddlepaddle", "tensorrt")
BESIDE = ("torch", "tensorflow", "jax", "numpy<2")
GPUS = ("GTX 1080", "V100", "RTX 2080", "RTX 3090", "RTX 4090", "H100", "RTX 5090")
DRIVERS = ("470.199.02", "535.104.05", "550.54.14", "560.35.03", "575.57.08", "580.95.05", "610.43")


def drawn(chance: Random) -> tuple[Request, Machine]:
    """Gives a request with one or two of them and perhaps another beside, and a machine."""
    names = [*chance.sample(NAMED, chance.choice((1, 1, 2))), *chance.sample(BESIDE, chance.choice((0, 1)))]
    os = chance.choice(("linux", "linux", "windows", "wsl2"))
    gpus = (chance.choice(GPUS),) if chance.random() < 0.85 else ()
    machine = described(os=os, gpus=gpus, driver=chance.choice(DRIVERS) if gpus else None)
    return Request(wishes=tuple(map(wish_of, names)), sources=chance.choice(("index", "all"))), machine


@pytest.mark.parametrize("seed", range(30))
def test_one_wheel_one_cuda_and_nothing_to_find(seed: int) -> None:
    request, machine = drawn(Random(seed))
    plan = solve(request, machine, FACTS, relaxations=False)
    if not isinstance(plan, Plan) or plan.engine != "pip":
        return
    names = [each.name for each in plan.packages]
    assert len(names) == len(set(names))
    for framework in FACTS.frameworks:
        held = [name for name in names if name in (framework.distribution, *framework.names)]
        assert len(held) <= 1, held
    on_gpu = plan.accelerator == "cuda"
    assert len({family for each in plan.packages if (family := family_of(each.name, each.version)) is not None}) <= 1 or not on_gpu
    environment = environment_of(plan, target_of(request, machine, FACTS.frameworks), FACTS)
    found = [(each.cause, each.about, each.says) for each in audit(machine, environment, FACTS) if each.state == "found" and each.severity == "error"]
    assert not found, ([each.text for each in request.wishes], found)
