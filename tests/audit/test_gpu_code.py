"""The library that lies on disk decides which GPUs are served: its own targets, by count, whatever the catalogue says of its wheel."""

from __future__ import annotations

import pytest
from audit.facts import RTX_4090, RTX_5090, V100, catalogue, environment, found, machine, one, outcomes, states, tensorflow_built, torch_built
from msgspec.structs import replace

from drivetrain.catalogue.code_bearers import must_hold, stem_of
from drivetrain.frameworks.torch import FRAMEWORK as TORCH_FRAMEWORK
from drivetrain.model.binary import Linkage
from drivetrain.model.catalogue import BuildFact, LibraryCode
from drivetrain.model.environment import Environment, Installed, OwnedFile
from drivetrain.model.library import Library
from drivetrain.model.machine import Gpu

CAUSE = "compute-capability-not-in-build"
TORCH = BuildFact(
    version="2.10.0",
    build="cu128",
    platforms=("linux-x86_64",),
    places=("index",),
    cuda="12.8",
    targets=("sm_70", "sm_80", "sm_90"),
    sources=("https://github.com/pytorch/pytorch/blob/main/RELEASE.md",),
)
GTX_1080 = Gpu(name="NVIDIA GeForce GTX 1080", compute_capability="6.1")
CUDNN_PATHS = tuple(f"nvidia/cudnn/lib/libcudnn_{name}.so.9" for name in ("adv", "cnn", "ops"))
NEWEST_CUDNN = {"sm_75": 22, "sm_80": 22, "sm_90a": 22, "sm_100f": 22, "sm_120f": 22}
"""Of libcudnn_ops.so.9 of cuDNN 9.28, read on 2026-11-24."""
TENSORFLOW_CC = "tensorflow/libtensorflow_cc.so.2"
TENSORFLOW_CODE = ({"sm_60": 1398, "sm_70": 1398, "sm_80": 1398, "sm_89": 1398, "sm_90": 249}, {"compute_90": 1398})
"""Of TensorFlow 2.21, likewise."""


def library(path: str, sass: dict[str, int] | None, ptx: dict[str, int] | None = None, link: str = "") -> Library:
    name = path.rpartition("/")[2]
    code = LibraryCode(library=name, sass=tuple((sass or {}).items()), ptx=tuple((ptx or {}).items())) if sass is not None else None
    return Library(path=path, bytes=1000, linkage=Linkage(format="elf", arch="x86_64"), code=code, link=link)


def owner(name: str, version: str, *paths: str) -> Installed:
    return one(name, version, files=tuple(OwnedFile(path=path, sha256=None, size_bytes=1000) for path in paths))


def tensorflow_with_newest_cudnn() -> Environment:
    return environment(
        owner("tensorflow", "2.21.0", TENSORFLOW_CC),
        owner("nvidia-cudnn-cu12", "9.28.0.42", *CUDNN_PATHS),
        builds=[tensorflow_built("12.5.1", "9")],
        libraries=(*(library(path, NEWEST_CUDNN) for path in CUDNN_PATHS), library(TENSORFLOW_CC, *TENSORFLOW_CODE)),
    )


@pytest.mark.parametrize("gpu", [V100, GTX_1080], ids=["V100", "GTX 1080"])
def test_tensorflow_with_the_newest_cudnn_on_gpus_that_it_dropped(gpu: Gpu) -> None:
    several = [each for each in outcomes(machine(gpu), tensorflow_with_newest_cudnn()) if each.cause == CAUSE]
    assert {each.about: each.state for each in several} == {"nvidia-cudnn-cu12": "found", "tensorflow": "clear"}
    outcome = next(each for each in several if each.state == "found")
    assert outcome.severity == "error"
    assert "libcudnn_" in outcome.says
    assert gpu.name.removeprefix("NVIDIA ") in outcome.says
    assert {each.path for each in outcome.evidence if each.path} == set(CUDNN_PATHS)
    told = " ".join(each.text for each in outcome.evidence)
    assert "sm_75×22 sm_80×22" in told
    assert "0 of 22" in told


def test_tensorflow_with_the_newest_cudnn_on_a_newer_gpu() -> None:
    several = outcomes(machine(RTX_5090), tensorflow_with_newest_cudnn())
    assert states(CAUSE, several) == {"clear"}
    note = next(each for each in several if each.cause == "ptx-jit-first-start")
    assert (note.about, note.severity) == ("tensorflow", "note")
    assert "compute_90×1398" in " ".join(each.text for each in note.evidence)


def test_a_few_special_kernels_are_no_support() -> None:
    def torch(count: int) -> Environment:
        lying = library("torch/lib/libtorch_cuda.so", {"sm_80": 456, "sm_70": count})
        return environment(owner("torch", "2.10.0", lying.path), builds=[torch_built("12.8")], libraries=(lying,))

    assert CAUSE in found(machine(V100), torch(4), catalogue(TORCH))
    assert CAUSE not in found(machine(V100), torch(228), catalogue(TORCH))


def test_the_file_on_disk_wins_over_the_catalogue_both_ways() -> None:
    own = library("torch/lib/libtorch_cuda.so", {"sm_80": 400, "sm_120": 400})
    built_anew = environment(owner("torch", "2.10.0", own.path), builds=[torch_built("12.8")], libraries=(own,))
    bare = environment(one("torch", "2.10.0"), builds=[torch_built("12.8")])
    assert CAUSE in found(machine(RTX_5090), bare, catalogue(TORCH))
    assert CAUSE not in found(machine(RTX_5090), built_anew, catalogue(TORCH))
    narrowed = environment(owner("torch", "2.10.0", own.path), builds=[torch_built("12.8")], libraries=(library("torch/lib/libtorch_cuda.so", {"sm_90": 400}),))
    assert CAUSE in found(machine(RTX_4090), narrowed, catalogue(TORCH))


def test_a_library_of_windows_and_one_of_conda_are_found_by_their_names() -> None:
    dll = library("torch/lib/torch_cuda.dll", {"sm_80": 400})
    windows = environment(owner("torch", "2.10.0", dll.path), builds=[torch_built("12.8")], libraries=(dll,), platform="windows")
    assert CAUSE in found(machine(RTX_5090, os="windows"), windows, catalogue(TORCH))
    elsewhere = library("../../libtorch_cuda.so", {"sm_80": 400})
    conda = environment(one("torch", "2.10.0", installer="conda"), builds=[torch_built("12.8")], libraries=(elsewhere,), kind="conda")
    assert CAUSE in found(machine(RTX_5090), conda, catalogue(TORCH))


def test_links_and_optional_libraries_do_not_count() -> None:
    optional = library("torch/lib/libtorch_cuda_linalg.so", {"sm_50": 33})
    link = library("torch/lib/libtorch_cuda.so", {"sm_50": 33}, link="elsewhere/libtorch_cuda.so")
    torch = environment(owner("torch", "2.10.0", optional.path, link.path), builds=[torch_built("12.8")], libraries=(optional, link))
    assert states(CAUSE, outcomes(machine(RTX_4090), torch)) == {"unknown"}


def test_ptx_that_the_driver_cannot_compile() -> None:
    old = machine(RTX_5090, driver="535.54.03", cuda="12.2")
    outcome = found(old, tensorflow_with_newest_cudnn())["ptx-jit-impossible"]
    assert (outcome.about, outcome.severity) == ("tensorflow", "error")


def test_whether_an_unnamed_driver_compiles_ptx_is_not_known() -> None:
    nobodys = machine(RTX_5090, driver=None)
    about = [each for each in outcomes(nobodys, tensorflow_with_newest_cudnn()) if each.about == "tensorflow" and each.cause in (CAUSE, "ptx-jit-impossible")]
    assert [each.state for each in about] == ["unknown"]
    nothing = replace(tensorflow_with_newest_cudnn(), libraries=(library(TENSORFLOW_CC, {"sm_60": 1398}),))
    assert CAUSE in found(nobodys, nothing)


def test_names_of_both_systems_are_one_library() -> None:
    assert {stem_of(name) for name in ("libcudnn_ops.so.9", "cudnn_ops64_9.dll", "libcudnn_ops.so.9.28.0")} == {"cudnn_ops"}
    assert must_hold("torch", TORCH_FRAMEWORK, "torch_cuda.dll")
    assert not must_hold("torch", TORCH_FRAMEWORK, "libtorch_cpu.so")
    assert must_hold("cudnn", None, "libcudnn_cnn.so.9")
    assert not must_hold("nvidia-cudnn-cu12", None, "libcudnn_engines_precompiled.so.9")
    assert not must_hold("nvidia-cublas-cu12", None, "libcublasLt.so.12")
