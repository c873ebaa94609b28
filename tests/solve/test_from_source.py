"""What has no wheel on the index is left out of the lock and said in a line: its makers' wheel for this stack, else how it is compiled, and what is near."""

from __future__ import annotations

import pytest
from msgspec import structs

from drivetrain.catalogue import Catalogue, LocalWheel
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.catalogue import Wheel
from drivetrain.model.machine import Machine, Toolkit
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.from_source import CAUSE


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


@pytest.fixture(scope="module")
def machine() -> Machine:
    return described(os="linux", arch="x86_64", gpus=("RTX 4090",), driver="580.95.05", glibc="2.35")


def planned(names: str, machine: Machine, facts: Catalogue, **flags: object) -> Plan:
    request = structs.replace(Request(wishes=tuple(map(wish_of, names.split())), sources="index"), **flags)
    answer = solve(request, machine, facts)
    assert isinstance(answer, Plan)
    return answer


def told(plan: Plan) -> str:
    (said,) = [each.says for each in plan.findings if each.cause == CAUSE]
    return said


def test_nothing_that_must_be_compiled_is_among_the_packages(machine: Machine, facts: Catalogue) -> None:
    plan = planned("torch flash-attn", machine, facts)
    assert plan.package("flash-attn") is None
    assert [(each.name, each.build, each.requested) for each in plan.to_compile] == [("flash-attn", "source", True)]
    assert "flash-attn" not in plan.age_days
    assert not plan.requirements


def test_a_line_says_how_it_is_compiled_and_what_the_makers_have(machine: Machine, facts: Catalogue) -> None:
    plan = planned("torch flash-attn", machine, facts)
    said = told(plan)
    torch = plan.package("torch")
    assert torch is not None
    assert f"nvcc of CUDA {torch.cuda}" in said
    assert f"uv pip install --no-build-isolation flash-attn=={plan.to_compile[0].version}" in said
    assert "torch 2.4 to 2.8, CUDA 12, Python 3.9 to 3.13: https://github.com/Dao-AILab/flash-attention/releases/tag/v2.8.3.post1" in said


def test_the_nearest_stack_with_a_wheel_is_an_alternative(machine: Machine, facts: Catalogue) -> None:
    plan = planned("torch torch-scatter", machine, facts)
    (near,) = [each.plan for each in plan.alternatives if each.plan.to_compile and each.plan.to_compile[0].build == "wheel"]
    torch = near.package("torch")
    assert torch is not None
    assert torch.version.startswith("2.12.")
    assert f"-f https://data.pyg.org/whl/torch-2.12.0+{torch.build}.html" in told(near)


def test_a_release_asked_for_decides_which_wheels_count(machine: Machine, facts: Catalogue) -> None:
    plan = planned("torch==2.6.0 flash-attn==2.7.4.post1 python==3.12", machine, facts)
    assert "releases/tag/v2.7.4.post1" in told(plan)
    assert [(each.version, each.build) for each in plan.to_compile] == [("2.7.4.post1", "wheel")]


def test_without_nvcc_where_none_is_needed(machine: Machine, facts: Catalogue) -> None:
    said = told(planned("torch deepspeed", machine, facts))
    assert "without nvcc" in said
    assert "--no-build-isolation" not in said


@pytest.mark.parametrize(
    ("toolkits", "said"),
    [((), "No CUDA toolkit was found on this machine."), (("11.8",), "of another major version: 11.8"), (("13.0", "11.8"), None)],
)
def test_the_compiler_of_this_machine_is_looked_for(toolkits: tuple[str, ...], said: str | None, machine: Machine, facts: Catalogue) -> None:
    here = structs.replace(machine, described=False, toolkits=tuple(Toolkit(path=f"/usr/local/cuda-{each}", version=each) for each in toolkits))
    text = told(planned("torch flash-attn", here, facts))
    assert (said in text) if said else ("toolkit" not in text)


def test_a_place_that_the_request_names_is_asked(machine: Machine, facts: Catalogue) -> None:
    plan = planned("torch torch-scatter", machine, facts, find_links=("https://index.example/wheels.html",))
    assert not plan.to_compile
    assert plan.requirements == ("torch-scatter",)
    assert any("torch-scatter" in each for each in plan.assumptions)


def test_a_wheel_in_a_folder_binds_the_framework_to_its_release(machine: Machine, facts: Catalogue) -> None:
    wheel = LocalWheel(
        distribution="torch-scatter",
        version="2.1.2",
        local="pt28cu128",
        wheel=Wheel("cp312-cp312-linux_x86_64", 1),
        place="find-links:/wheels",
    )
    plan = planned("torch torch-scatter", machine, facts.with_snapshot(facts.snapshot, (wheel,)), find_links=("/wheels",))
    scatter, torch = plan.package("torch-scatter"), plan.package("torch")
    assert scatter is not None
    assert torch is not None
    assert (scatter.local, torch.version, torch.build, plan.python) == ("pt28cu128", "2.8.0", "cu128", "3.12")
    assert not plan.to_compile
