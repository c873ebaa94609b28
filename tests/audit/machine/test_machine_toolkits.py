"""Rules about CUDA toolkits: for what compiles at run time, and where XLA and Triton look for their tools."""

from __future__ import annotations

import pytest
from audit.facts import RTX_4090, RTX_5090, environment, jaxlib_built, machine, one, tensorflow_built, torch_built
from audit.machine.around import folder, found, states, variables_of, with_variables

from drivetrain.audit.rules.machine import compiler, copied_cudnn, host_compiler, toolkit_variable, triton_assembler, xla_tools
from drivetrain.model.environment import DiskFile, Environment, OwnedFile
from drivetrain.model.machine import Cudnn, Gpu, Machine, Toolkit

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


# libdevice-not-found, ptxas-missing-or-old, ptx-jit-impossible

PLUGIN = one("jax-cuda12-plugin", "0.9.0")
NVCC = ("nvidia/cuda_nvcc/bin/ptxas", "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc")


def jax_with(*files: str, lost: tuple[str, ...] = (), **more: object) -> Environment:
    """Gives an environment of JAX whose nvcc wheel holds these files."""
    owned = tuple(OwnedFile(path=each, sha256=None, size_bytes=1) for each in files)
    damaged = tuple(DiskFile(path=each, size_bytes=None, sha256=None) for each in lost)
    nvcc = (one("nvidia-cuda-nvcc-cu12", "12.9.86", files=owned, damaged=damaged),) if files else ()
    return environment(one("jax", "0.9.0"), one("jaxlib", "0.9.0"), PLUGIN, *nvcc, builds=[jaxlib_built("12")], **more)


def test_no_libdevice() -> None:
    (outcome,) = found(xla_tools.RULE, machine(RTX_4090), jax_with())
    assert (outcome.cause, outcome.fix[0].edit.require if outcome.fix[0].edit else None) == ("libdevice-not-found", ("nvidia-cuda-nvcc-cu12",))
    assert [each.cause for each in found(xla_tools.RULE, machine(RTX_4090), jax_with(*NVCC, lost=NVCC[1:]))] == ["libdevice-not-found"]


def test_no_ptxas() -> None:
    without = jax_with(*NVCC, lost=NVCC[:1])
    assert [(each.cause, each.severity) for each in found(xla_tools.RULE, machine(RTX_4090), without)] == [("ptxas-missing-or-old", "note")]
    old = machine(RTX_4090, driver="525.60.13", cuda="11.8")
    assert [(each.cause, each.severity) for each in found(xla_tools.RULE, old, without)] == [("ptx-jit-impossible", "warning")]


def test_xla_flags_that_lead_nowhere() -> None:
    flags = "--xla_gpu_cuda_data_dir=/usr/local/cuda-11.2 --xla_gpu_autotune_level=2"
    around = with_variables(XLA_FLAGS=flags, folders=[folder("XLA_FLAGS", "/usr/local/cuda-11.2", exists=False)])
    (outcome,) = found(xla_tools.RULE, around, jax_with())
    assert (outcome.severity, variables_of(outcome)) == ("warning", [{"XLA_FLAGS": "--xla_gpu_autotune_level=2"}])
    assert [each.severity for each in found(xla_tools.RULE, around, jax_with(*NVCC))] == ["note"]


def test_whole_tools_are_silent_and_a_toolkit_outside_unknown() -> None:
    assert states(xla_tools.RULE, machine(RTX_4090), jax_with(*NVCC)) == ["clear"]
    assert states(xla_tools.RULE, machine(), jax_with()) == ["clear"]
    tensorflow = environment(one("tensorflow", "2.20.0"), builds=[tensorflow_built("12.5")])
    assert states(xla_tools.RULE, machine(RTX_4090), tensorflow) == ["clear"], "it has no CUDA to compute with"
    named = folder("XLA_FLAGS", "/opt/cuda", "bin/ptxas", "nvvm/libdevice/libdevice.10.bc")
    assert states(xla_tools.RULE, with_variables(XLA_FLAGS="--xla_gpu_cuda_data_dir=/opt/cuda", folders=[named]), jax_with()) == ["clear"]
    assert states(xla_tools.RULE, machine(RTX_4090, toolkits=(CUDA_12,)), jax_with()) == ["unknown"]
    assert states(xla_tools.RULE, machine(RTX_4090), jax_with(kind="conda")) == ["unknown"]


# ptxas of Triton


@pytest.mark.parametrize(
    ("version", "gpu", "state"),
    [
        ("3.2.0", RTX_5090, "found"),
        ("3.3.1", RTX_5090, "clear"),
        ("2.0.0", RTX_4090, "clear"),
        ("3.5.1", RTX_4090, "clear"),
        ("99.0", RTX_5090, "clear"),
        ("1.1.1", RTX_4090, "unknown"),
        ("nightly", RTX_4090, "unknown"),
        ("3.5.1", Gpu(name="of tomorrow", compute_capability="99.0"), "unknown"),
    ],
)
def test_the_assembler_of_triton(version: str, gpu: Gpu, state: str) -> None:
    assert states(triton_assembler.RULE, machine(gpu), environment(one("triton", version))) == [state]


def test_a_named_assembler_and_condas_are_unknown() -> None:
    assert states(triton_assembler.RULE, with_variables(RTX_5090, TRITON_PTXAS_PATH="/usr/local/cuda/bin/ptxas"), environment(one("triton", "3.2.0"))) == [
        "unknown"
    ]
    assert states(triton_assembler.RULE, machine(RTX_5090), environment(one("triton", "3.2.0", installer="conda"))) == ["unknown"]


# cudnn-copied-over-another


def cudnns(*pairs: tuple[str, str], **more: object) -> Machine:
    return machine(RTX_4090, cudnn=tuple(Cudnn(path=f"/usr/local/cuda-12.4/{path}", version=version) for path, version in pairs), **more)


def test_a_cudnn_copied_over_another() -> None:
    (outcome,) = found(copied_cudnn.RULE, cudnns(("include/cudnn_version.h", "8.9.7"), ("lib64/libcudnn.so.8", "8.6.0")))
    assert "8.9.7" in outcome.says
    assert "8.6.0" in outcome.says
    (mixed,) = found(copied_cudnn.RULE, cudnns(("lib64/libcudnn.so.8", "8.6.0"), ("lib64/libcudnn_ops_infer.so.8", "8.9.7")))
    assert mixed.severity == "warning"
    own = environment(one("nvidia-cudnn-cu12", "9.10.2.21"))
    assert [each.severity for each in found(copied_cudnn.RULE, cudnns(("include/cudnn_version.h", "8.9.7"), ("lib64/libcudnn.so.8", "8.6.0")), own)] == ["note"]


def test_whole_cudnns_are_silent_and_a_described_machine_unknown() -> None:
    for pairs in (
        (("include/cudnn_version.h", "9.1.0"),),
        (("include/cudnn_version.h", "9.1.0"), ("lib64/libcudnn.so.9", "9.1.0"), ("lib64/libcudnn.so.8", "8.9.7")),
        (("include/cudnn_version.h", "9.1.0"), ("lib64/libcudnn.so.8.9.7", "8.9.7")),
    ):
        assert states(copied_cudnn.RULE, cudnns(*pairs)) == ["clear"]
    assert states(copied_cudnn.RULE, cudnns(described=True)) == ["unknown"]


# host-compiler-too-new


def with_gcc(version: str, *toolkits: Toolkit) -> Machine:
    return with_variables(folders=[folder("CC", "/usr/bin/gcc", f"gcc-{version}")], more={"toolkits": toolkits})


def test_a_gcc_that_nvcc_refuses() -> None:
    (outcome,) = found(host_compiler.RULE, with_gcc("14", CUDA_12), DEEPSPEED)
    assert (outcome.severity, outcome.evidence[0].path) == ("warning", "/usr/bin/gcc")
    assert "-ccbin gcc-13" in outcome.fix[0].commands[0]


def test_a_gcc_that_nvcc_takes_is_silent_and_unknown_ones_unknown() -> None:
    assert states(host_compiler.RULE, with_gcc("13", CUDA_12), DEEPSPEED) == ["clear"]
    assert states(host_compiler.RULE, with_gcc("14", CUDA_12), TORCH) == ["clear"], "nothing compiles"
    assert states(host_compiler.RULE, with_gcc("14"), DEEPSPEED) == ["unknown"]
    assert states(host_compiler.RULE, with_gcc("14", Toolkit(path="/usr/local/cuda", version="10.2.89")), DEEPSPEED) == ["unknown"]
    assert states(host_compiler.RULE, machine(RTX_4090, toolkits=(CUDA_12,)), DEEPSPEED) == ["unknown"]
