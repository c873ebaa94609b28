"""Rules about CUDA toolkits: for what compiles at run time, and where XLA and Triton look for their tools."""

from __future__ import annotations

from audit.facts import RTX_4090, RTX_5090, environment, machine, one, torch_built
from audit.machine.around import folder, found, states, variables_of, with_variables

from drivetrain.audit.rules.machine import compiler, toolkit_variable
from drivetrain.model.machine import Toolkit

CUDA_12 = Toolkit(path="/usr/local/cuda-12.4", version="12.4.1")
CUDA_11 = Toolkit(path="/usr/local/cuda-11.8", version="11.8.0")
TORCH = environment(one("torch", "2.6.0+cu124"), builds=[torch_built("12.4")])
DEEPSPEED = environment(one("torch", "2.6.0+cu124"), one("deepspeed", "0.16.3"), builds=[torch_built("12.4")])


# cuda-home-not-set, cuda-toolkit-missing-for-build, nvcc-differs-from-torch-cuda


def test_a_toolkit_that_no_variable_names() -> None:
    (outcome,) = found(toolkit_variable.RULE, with_variables(more={"toolkits": (CUDA_12,)}), DEEPSPEED)
    assert (outcome.cause, variables_of(outcome)) == ("cuda-home-not-set", [{"CUDA_HOME": "/usr/local/cuda-12.4"}])


def test_no_toolkit_at_all() -> None:
    (outcome,) = found(toolkit_variable.RULE, with_variables(), DEEPSPEED)
    assert outcome.cause == "cuda-toolkit-missing-for-build"
    assert "12.4" in outcome.fix[0].says


def test_a_variable_that_names_nothing() -> None:
    gone = with_variables(CUDA_HOME="/usr/local/cuda-12.1", folders=[folder("CUDA_HOME", "/usr/local/cuda-12.1", exists=False)], more={"toolkits": (CUDA_12,)})
    (outcome,) = found(toolkit_variable.RULE, gone, TORCH)
    assert (outcome.cause, outcome.severity) == ("cuda-home-not-set", "warning")
    assert variables_of(outcome) == [{"CUDA_HOME": "/usr/local/cuda-12.4"}, {"CUDA_HOME": None}]


def test_a_toolkit_of_another_cuda() -> None:
    here = [folder("CUDA_HOME", "/usr/local/cuda-11.8", "bin/nvcc")]
    around = with_variables(CUDA_HOME="/usr/local/cuda-11.8", folders=here, more={"toolkits": (CUDA_11, CUDA_12)})
    (outcome,) = found(toolkit_variable.RULE, around, DEEPSPEED)
    assert (outcome.cause, outcome.severity, variables_of(outcome)) == ("nvcc-differs-from-torch-cuda", "warning", [{"CUDA_HOME": "/usr/local/cuda-12.4"}])
    assert [each.severity for each in found(toolkit_variable.RULE, around, TORCH)] == ["note"]


def test_toolkits_that_are_found_are_silent_and_unread_ones_unknown() -> None:
    on_path = with_variables(folders=[folder("PATH", "/opt/tools/bin", "nvcc")], more={"toolkits": (CUDA_12,)})
    standard = with_variables(more={"toolkits": (Toolkit(path="/usr/local/cuda", version="12.4.1"),)})
    same = with_variables(CUDA_HOME="/usr/local/cuda-12.4", folders=[folder("CUDA_HOME", "/usr/local/cuda-12.4", "bin/nvcc")], more={"toolkits": (CUDA_12,)})
    for around in (on_path, standard, same):
        assert states(toolkit_variable.RULE, around, DEEPSPEED) == ["clear"]
    assert states(toolkit_variable.RULE, with_variables(), TORCH) == ["clear"], "nothing compiles"
    assert states(toolkit_variable.RULE, with_variables(CUDA_HOME="/usr/local/cuda-12.4"), DEEPSPEED) == ["unknown"]
    unread = with_variables(CUDA_HOME="/opt/mine", folders=[folder("CUDA_HOME", "/opt/mine", "bin/nvcc")])
    assert states(toolkit_variable.RULE, unread, DEEPSPEED) == ["unknown"]


# nvcc-too-old-for-gpu-arch, arch-list-lacks-gpu


def test_a_compiler_older_than_the_gpu() -> None:
    (outcome,) = found(compiler.RULE, machine(RTX_5090, toolkits=(CUDA_12,)), DEEPSPEED)
    assert (outcome.cause, outcome.severity) == ("nvcc-too-old-for-gpu-arch", "warning")
    assert "CUDA 12.8" in outcome.says
    assert [each.severity for each in found(compiler.RULE, machine(RTX_5090, toolkits=(CUDA_12,)), TORCH)] == ["note"]


def test_a_list_of_targets_without_the_gpu() -> None:
    served = with_variables(TORCH_CUDA_ARCH_LIST="7.0;8.0 9.0+PTX", more={"toolkits": (CUDA_12,)})
    assert not found(compiler.RULE, served, TORCH), "code for 8.0 runs on 8.9"
    (outcome,) = found(compiler.RULE, with_variables(TORCH_CUDA_ARCH_LIST="7.0;9.0+PTX", more={"toolkits": (CUDA_12,)}), TORCH)
    assert (outcome.cause, variables_of(outcome)) == ("arch-list-lacks-gpu", [{"TORCH_CUDA_ARCH_LIST": None}])


def test_compilers_and_lists_that_serve_are_silent_and_names_unknown() -> None:
    good = with_variables(TORCH_CUDA_ARCH_LIST="8.0+PTX", more={"toolkits": (CUDA_12,)})
    assert states(compiler.RULE, good, TORCH) == ["clear", "clear"]
    assert states(compiler.RULE, with_variables(RTX_5090, TORCH_CUDA_ARCH_LIST="7.5+PTX"), TORCH) == ["clear", "clear"]
    assert states(compiler.RULE, with_variables(TORCH_CUDA_ARCH_LIST="Ada", more={"toolkits": (CUDA_11, CUDA_12)}), TORCH) == ["unknown", "unknown"]
    assert states(compiler.RULE, machine(RTX_4090), environment(one("torch", "2.6.0+cpu"), builds=[torch_built(None)])) == ["clear"]
