"""Plans with CuPy, ONNX Runtime, MXNet, PaddlePaddle and TensorRT, handed to uv with their pins: each resolves on the index, with one CUDA family."""

from __future__ import annotations

import pytest
from resolver import families, resolution

from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

pytestmark = [pytest.mark.index, pytest.mark.timeout(300)]
FACTS = catalogue()


@pytest.mark.parametrize(
    ("gpu", "driver", "asked", "family"),
    [
        ("RTX 4090", "580.95.05", "cupy", 13),
        ("RTX 4090", "560.35.03", "cupy torch", 12),
        ("RTX 3090", "470.199.02", "cupy", 11),
        ("RTX 4090", "580.95.05", "onnxruntime torch", 13),
        ("RTX 4090", "550.54.14", "onnxruntime tensorflow jax", 12),
        ("RTX 3090", "470.199.02", "onnxruntime", 11),
        ("GTX 1080", "580.95.05", "cupy onnxruntime torch", 12),
        ("RTX 3090", "530.30.02", "onnxruntime==1.20.* cupy==13.*", 12),
        ("RTX 4090", "580.95.05", "onnxruntime==1.27.0", 13),
        ("RTX 3090", "560.35.03", "mxnet", 11),
        ("RTX 3090", "560.35.03", "tensorrt", 12),
        ("RTX 3090", "470.199.02", "tensorrt", 11),
    ],
)
def test_its_pins_resolve_with_one_cuda(gpu: str, driver: str, asked: str, family: int) -> None:
    machine = described(os="linux", gpus=(gpu,), driver=driver)
    plan = solve(Request(wishes=tuple(map(wish_of, asked.split())), sources="index"), machine, FACTS)
    assert isinstance(plan, Plan)
    pins = [f"{each.name}{'[' + ','.join(each.extras) + ']' if each.extras else ''}=={each.version}" for each in plan.packages]
    found = resolution(pins, [], machine, plan.python)
    assert isinstance(found, dict), found
    assert families(found) == {family}
    assert {each.name for each in plan.packages} <= set(found)
