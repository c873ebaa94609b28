"""Frameworks whose wheels have names of their own, as the auditor sees them: two of them together, and a break told of the framework."""

from __future__ import annotations

from facts import RTX_4090, environment, machine, one

from drivetrain.audit import audit
from drivetrain.frameworks import catalogue
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Outcome

FACTS = catalogue()


def found(*installed: Installed) -> dict[str, Outcome]:
    outcomes = audit(machine(RTX_4090), environment(*installed), FACTS)
    return {each.cause: each for each in outcomes if each.state == "found"}


def test_the_cpu_and_the_cuda_build_of_one_framework() -> None:
    outcome = found(one("onnxruntime", "1.32.0"), one("onnxruntime-gpu", "1.31.1"))["onnxruntime-cpu-and-gpu-both-installed"]
    assert outcome.severity == "error"
    assert outcome.fix[0].edit is not None
    assert (outcome.fix[0].edit.require, outcome.fix[0].edit.drop) == (("onnxruntime",), ("onnxruntime-gpu",))


def test_the_wheels_of_two_cudas() -> None:
    outcome = found(one("cupy-cuda12x", "14.2.0"), one("cupy-cuda13x", "14.2.0"))["multiple-cupy-packages"]
    assert "cupy-cuda12x 14.2.0, cupy-cuda13x 14.2.0" in outcome.says or "cupy-cuda13x 14.2.0, cupy-cuda12x 14.2.0" in outcome.says


def test_one_of_them_is_as_it_should_be() -> None:
    assert "multiple-cupy-packages" not in found(one("cupy-cuda12x", "14.2.0"))
    assert "onnxruntime-cpu-and-gpu-both-installed" not in found(one("onnxruntime-gpu", "1.31.1"), one("onnx", "1.19.0"))


def test_a_break_of_the_framework_holds_for_its_wheels() -> None:
    broken = found(one("mxnet-cu112", "1.9.1"), one("numpy", "1.26.4"))["framework-removed-api"]
    assert "mxnet-cu112" in broken.says
    assert "framework-removed-api" not in found(one("mxnet-cu112", "1.9.1"), one("numpy", "1.23.5"))
