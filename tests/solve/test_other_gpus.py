"""A Mac, an AMD or an Intel GPU: the stack for the CPU works, and what is not planned is named with the line to type; and wheels under other names."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Cudnn, Machine, Toolkit
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
MACHINES = Path(__file__).parent.parent / "machines"


def machine(name: str) -> Machine:
    path = MACHINES / f"{name}.json"
    return machine_of(path.read_text(encoding="utf-8"), path.name)


def planned(on: Machine, *requirements: str) -> Plan:
    answer = solve(Request(wishes=tuple(map(wish_of, requirements)), sources="all"), on, FACTS)
    assert isinstance(answer, Plan)
    return answer


def said(plan: Plan) -> list[str]:
    """Gives what the plan says of GPUs that are not planned for."""
    return [each.says for each in plan.findings if each.cause == "gpu-vendor-not-planned"]


@pytest.mark.parametrize(("name", "label"), [("amd-rx-7900-xtx", "rocm"), ("intel-arc-b580", "xpu")])
def test_the_build_that_is_not_planned_is_named_with_pytorchs_index(name: str, label: str) -> None:
    plan = planned(machine(name), "torch", "numpy")
    notes = [each for each in said(plan) if "https://download.pytorch.org/whl/" in each]
    assert plan.accelerator == "cpu"
    assert len(notes) == 1
    newest = max((row.version for row in FACTS.other_builds("torch") if row.build.startswith(label)), key=lambda each: [int(part) for part in each.split(".")])
    assert f'"torch=={newest}" --index-url https://download.pytorch.org/whl/{label}' in notes[0]


def test_on_a_mac_the_same_wheel_serves() -> None:
    plan = planned(machine("mac-m2"), "torch", "jax")
    assert plan.accelerator == "mps"
    assert any("Metal (device mps)" in each and "PyTorch" in each for each in said(plan))
    assert not any("--index-url" in each for each in said(plan))


def test_beside_an_nvidia_gpu_no_other_is_spoken_of() -> None:
    assert not said(planned(described(os="linux", gpus=("RTX 4090",), driver="580.95.05"), "torch"))


def test_a_name_that_stands_for_another_wheel_is_told() -> None:
    gpu = described(os="linux", gpus=("RTX 4090",), driver="580.95.05")
    reasons = [(each.cause, each.says) for each in planned(gpu, "onnxruntime").reasons if each.version is None]
    assert reasons == [("cpu-only-package-installed", "onnxruntime is planned as onnxruntime-gpu: the package of that name is the build for the CPU")]
    none = [each.cause for each in planned(described(os="linux", gpus=(), driver=None), "onnxruntime-gpu").reasons if each.version is None]
    assert none == ["cuda-build-on-cpu"]
    assert not [each for each in planned(gpu, "onnxruntime-gpu", "cupy").reasons if each.version is None]


def test_a_package_is_found_by_both_its_names() -> None:
    plan = planned(described(os="linux", gpus=("RTX 4090",), driver="560.35.03"), "cupy")
    package = plan.package("cupy")
    assert package is not None
    assert (package.name, package.asked_as, package.called) == ("cupy-cuda12x", "cupy", "cupy")
    assert plan.package("cupy-cuda12x") is package
    assert plan.age_days["cupy"] == 0


def test_libraries_of_the_system_that_are_not_there_are_told() -> None:
    v100 = machine("v100-driver-580")
    bare = replace(v100, toolkits=(), cudnn=())
    causes = {each.cause for each in planned(bare, "paddlepaddle-gpu<3").findings}
    assert "cuda-library-not-on-loader-path" in causes
    half = replace(v100, toolkits=(Toolkit(path="/usr/local/cuda-11.8", version="11.8"),), cudnn=(Cudnn(path="/usr/lib", version="9.1.0"),))
    assert "cudnn-not-found" in {each.cause for each in planned(half, "paddlepaddle-gpu<3").findings}
    whole = replace(half, cudnn=(Cudnn(path="/usr/lib", version="8.6.0"),))
    assert not {"cudnn-not-found", "cuda-library-not-on-loader-path"} & {each.cause for each in planned(whole, "paddlepaddle-gpu<3").findings}
    assert any("of the system" in each for each in planned(described(os="linux", gpus=("V100",), driver="580"), "paddlepaddle-gpu<3").assumptions)
