"""Plans with companions are handed to uv with their pins: each resolves, with one CUDA family, the companion beside what it was built for."""

from __future__ import annotations

import pytest
from chance import facts
from resolver import families, settings

from drivetrain.formats.requirements import wish_of
from drivetrain.install import lock
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

pytestmark = pytest.mark.index

ASKED = (
    ("torch xformers", "RTX 4090", "580.95.05"),
    ("torch xformers", "V100", "550.54.14"),
    ("vllm", "RTX 4090", "580.95.05"),
    ("vllm", "V100", "550.54.14"),
    ("torch bitsandbytes", "RTX 4090", "580.95.05"),
    ("torch bitsandbytes==0.47.0 transformers", "RTX 3090", "550.54.14"),
    ("torch torchao", "H100", "580.95.05"),
    ("torch torchcodec", "RTX 4090", "580.95.05"),
    ("torch torchtext torchdata", "RTX 3090", "550.54.14"),
    ("torch auto-gptq", "RTX 3090", "550.54.14"),
    ("torch sgl-kernel==0.3.21", "H100", "550.54.14"),
    ("torch flash-attn torch-scatter", "RTX 4090", "580.95.05"),
    ("torch torch-geometric bitsandbytes xformers", "RTX 3090", "550.54.14"),
    ("torch dgl", "RTX 3090", "550.54.14"),
    ("torch faiss-gpu-cu12", "RTX 3090", "550.54.14"),
)


@pytest.mark.parametrize(("names", "gpu", "driver"), ASKED, ids=[f"{names} on {gpu}" for names, gpu, _ in ASKED])
def test_uv_resolves_the_stack(names: str, gpu: str, driver: str) -> None:
    machine = described(os="linux", arch="x86_64", gpus=(gpu,), driver=driver, glibc="2.35")
    request = Request(wishes=tuple(map(wish_of, names.split())), sources="index")
    plan = solve(request, machine, facts())
    assert isinstance(plan, Plan)
    locked = lock(plan, request, machine, plan.python, settings())
    assert isinstance(locked, Lock), locked.says
    found = {each.name: each.version for each in locked.artifacts}
    assert len(families(found)) == 1, found
    assert all(found[each.name] == each.version for each in plan.packages)
    assert not {each.name for each in plan.to_compile} & set(found)
    asked = {wish.name for wish in request.wishes}
    assert asked <= set(found) | {each.name for each in plan.to_compile}
