"""Which device code runs on which GPU: by target, by count, by library, and whether the driver can compile PTX."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.relations.device_code import capability_of, code_may_exist, code_runs_on, needs_jit, ptx_runs_on, sass_runs_on, way_on
from drivetrain.model.catalogue import LibraryCode


def library(*, sass: dict[str, int] | None = None, ptx: dict[str, int] | None = None, name: str = "libframework.so") -> LibraryCode:
    return LibraryCode(library=name, sass=tuple((sass or {}).items()), ptx=tuple((ptx or {}).items()), sources=("measured",))


@pytest.mark.parametrize(
    ("target", "capability", "flavour"),
    [("sm_70", "7.0", ""), ("sm_90a", "9.0", "a"), ("sm_100f", "10.0", "f"), ("compute_120", "12.0", ""), ("sm_121", "12.1", "")],
)
def test_targets_name_capabilities(target: str, capability: str, flavour: str) -> None:
    assert capability_of(target) == (capability, flavour)


@pytest.mark.parametrize("target", ["sm_", "gfx90a", "90", "sm_90x", ""])
def test_what_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="not a target"):
        capability_of(target)


@pytest.mark.parametrize(
    ("target", "capability", "runs"),
    [
        ("sm_80", "8.0", True),
        ("sm_80", "8.6", True),
        ("sm_80", "8.9", True),
        ("sm_86", "8.0", False),
        ("sm_80", "9.0", False),
        ("sm_89", "9.0", False),
        ("sm_90a", "9.0", True),
        ("sm_90a", "10.0", False),
        ("sm_100f", "10.3", True),
        ("sm_100a", "10.3", False),
        ("sm_120", "12.1", True),
        ("sm_120", "10.0", False),
        ("sm_80", "8.7", False),
        ("sm_87", "8.9", False),
        ("sm_72", "7.5", False),
        ("sm_101", "11.0", True),
        ("sm_110", "10.1", True),
        ("sm_100", "10.1", False),
    ],
)
def test_compiled_code_runs_on_its_major_from_its_minor_on(target: str, capability: str, runs: bool) -> None:
    assert sass_runs_on(target, capability) is runs


@pytest.mark.parametrize(
    ("target", "capability", "runs"),
    [
        ("compute_50", "12.0", True),
        ("compute_90", "9.0", True),
        ("compute_90", "8.9", False),
        ("compute_90a", "9.0", True),
        ("compute_90a", "10.0", False),
        ("compute_100f", "10.3", True),
        ("compute_100f", "12.0", False),
    ],
)
def test_ptx_runs_on_whatever_is_newer_unless_it_is_bound(target: str, capability: str, runs: bool) -> None:
    assert ptx_runs_on(target, capability) is runs


def test_one_special_kernel_is_no_support() -> None:
    # torch 2.10.0: 456 kernels for each main target, one for sm_89 (which sm_80 and sm_86 serve anyway), four for sm_90a.
    code = library(sass={"sm_70": 456, "sm_80": 456, "sm_86": 456, "sm_89": 1, "sm_90a": 4})
    assert way_on(code, "8.9") == "sass"
    assert way_on(code, "9.0") == "none"


def test_kernels_spread_over_targets_that_run_there_count_together() -> None:
    assert way_on(library(sass={"sm_80": 30, "sm_86": 30, "sm_90": 100}), "8.6") == "sass"


def test_where_nobody_counted_presence_is_enough() -> None:
    assert way_on(library(sass={"sm_75": 0, "sm_80": 0}), "7.5") == "sass"
    assert way_on(library(sass={"sm_75": 0, "sm_80": 0}), "7.0") == "none"


def test_ptx_serves_a_newer_gpu_when_the_driver_can_compile() -> None:
    code = (library(sass={"sm_80": 249}, ptx={"compute_90": 249}),)
    assert needs_jit(code, "12.0")
    assert not needs_jit(code, "8.6")
    assert code_runs_on(code, "12.0", jit=True, about="tensorflow 2.21.0", gpu="RTX 5090") is None
    reason = code_runs_on(code, "12.0", jit=False, about="tensorflow 2.21.0", gpu="RTX 5090")
    assert reason is not None
    assert reason.cause == "ptx-jit-impossible"


def test_every_library_that_must_be_loaded_needs_code() -> None:
    code = (library(sass={"sm_70": 9, "sm_80": 9}, name="libcudnn_ops.so.9"), library(sass={"sm_80": 9}, name="libcudnn_cnn.so.9"))
    reason = code_runs_on(code, "7.0", jit=True, about="cuDNN 9.28", gpu="V100")
    assert reason is not None
    assert reason.cause == "compute-capability-not-in-build"
    assert "libcudnn_cnn.so.9" in reason.says
    assert reason.sources == ("measured",)


@pytest.mark.parametrize(
    ("cuda", "capability", "exists"),
    [
        ("11.1", "12.0", False),
        ("12.8", "12.0", True),
        ("11.1", "8.9", True),
        ("10.2", "8.6", False),
        ("13.0", "7.0", False),
        ("12.9", "7.0", True),
        ("11.4", "9.0", False),
    ],
)
def test_no_cuda_makes_code_for_a_chip_that_it_does_not_know(cuda: str, capability: str, exists: bool) -> None:
    reason = code_may_exist(cuda, capability, about="torch 1.8.0 cu111", gpu="GPU")
    assert (reason is None) == exists
    if reason is not None:
        assert reason.cause == "compute-capability-not-in-build"
        assert f"CUDA {cuda}" in reason.says
        assert reason.sources
