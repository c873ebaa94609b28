"""The builds that a release is offered in: by extra, by label, from a folder; and the dates that count for their age."""

from __future__ import annotations

from typing import Literal

import pytest

from drivetrain.catalogue import Catalogue, LocalWheel
from drivetrain.catalogue.families import family_of, is_cuda_library, is_cudnn, is_runtime, must_hold_code
from drivetrain.catalogue.line_dates import line_dates
from drivetrain.catalogue.offers import builds_of
from drivetrain.frameworks import catalogue
from drivetrain.model.build import Build, Target
from drivetrain.model.catalogue import Release, Wheel

FACTS = catalogue()
FOLDER = "find-links:/srv/wheels"


def target(os: Literal["linux", "windows", "macos"] = "linux", arch: str = "x86_64", accelerator: Literal["cuda", "cpu"] = "cuda") -> Target:
    return Target(os=os, arch=arch, accelerator=accelerator, pythons=("3.12",))


def offered(name: str, version: str, facts: Catalogue = FACTS, of: Target | None = None) -> dict[str, Build]:
    return {f"{each.build or '-'}@{each.place}": each for each in builds_of(facts, name, of or target()) if each.version == version}


def with_wheel(name: str, version: str, local: str) -> Catalogue:
    wheel = Wheel("cp312-cp312-manylinux_2_28_x86_64", 200_000_000)
    return FACTS.with_snapshot(FACTS.snapshot, (LocalWheel(distribution=name, version=version, local=local, wheel=wheel, place=FOLDER),))


def test_jax_is_offered_with_each_family_and_without() -> None:
    builds = offered("jax", "0.9.0")
    assert set(builds) == {"cpu@index", "cuda12@index", "cuda13@index"}
    assert [builds[key].family for key in sorted(builds)] == [None, 12, 13]


def test_torch_is_offered_by_the_index_and_by_its_own() -> None:
    builds = offered("torch", "2.10.0")
    assert builds["cu128@index"].local == ""
    assert builds["cu126@pytorch"].local == "cu126"
    assert not builds["cpu@pytorch"].brings_cuda


def test_the_sizes_of_another_index_are_not_known() -> None:
    builds = offered("torch", "2.10.0")
    assert all(wheel.bytes for wheel in builds["cu128@index"].wheels)
    assert not any(wheel.bytes for wheel in builds["cu126@pytorch"].wheels)


def test_a_build_without_all_pins_takes_the_runtime_of_its_own_cuda() -> None:
    runtime = [each for each in offered("torch", "2.14.1")["cu126@pytorch"].requires if is_runtime(each.name)]
    assert [each.specifier for each in runtime] == ["==12.6.*"]


def test_tensorflow_24_takes_the_one_cuda_whose_cusolver_it_loads() -> None:
    requires = [each for build in builds_of(FACTS, "tensorflow", target()) if build.version == "2.4.1" and build.brings_cuda for each in build.requires]
    assert [each.specifier for each in requires if each.name == "cudatoolkit"] == ["==11.0.*"]
    assert not any(each.name == "nvidia-cusolver-cu11" for each in requires)


def test_a_companion_of_the_package_index_bears_the_label_of_its_framework() -> None:
    assert "cu124@index" in offered("torchvision", "0.21.0")


def test_tensorflow_before_the_extra_gets_its_libraries_from_a_bundle() -> None:
    cuda = next(each for each in builds_of(FACTS, "tensorflow", target()) if each.version == "2.13.0" and each.brings_cuda)
    assert cuda.family == 11
    assert cuda.loader_paths
    assert {"nvidia-cudnn-cu11", "nvidia-cublas-cu11"} <= set(cuda.near)


def test_a_cpu_wheel_in_a_folder_is_a_build_without_cuda() -> None:
    build = offered("torch", "2.13.0", with_wheel("torch", "2.13.0", "cpu"))[f"cpu@{FOLDER}"]
    assert not build.brings_cuda
    assert not any(is_cuda_library(each.name) or each.name == "triton" for each in build.requires)
    assert build.wheels[0].bytes == 200_000_000


def test_a_cuda_wheel_in_a_folder_is_what_its_framework_says_of_that_label() -> None:
    known = offered("torch", "2.10.0")["cu126@pytorch"]
    build = offered("torch", "2.10.0", with_wheel("torch", "2.10.0", "cu126"))[f"cu126@{FOLDER}"]
    assert (build.family, build.cuda, build.cudnn, build.requires) == (12, "12.6", known.cudnn, known.requires)


def test_a_label_that_nobody_knows_says_its_cuda_and_no_more() -> None:
    build = offered("torch", "2.10.0", with_wheel("torch", "2.10.0", "cu127"))[f"cu127@{FOLDER}"]
    assert (build.family, build.cuda, build.known, build.complete) == (12, "12.7", False, False)


@pytest.mark.parametrize("local", ["rocm6.4", "xpu", "git1234", ""])
def test_wheels_for_other_accelerators_are_not_taken_for_cuda(local: str) -> None:
    assert not any(FOLDER in key for key in offered("torch", "2.10.0", with_wheel("torch", "2.10.0", local)))


def test_a_line_is_as_old_as_its_first_final_or_a_higher_line() -> None:
    days = {"2.1.0": "2024-03-01", "2.1.1": "2026-01-01", "2.0.0": "2023-01-01", "2.0.9": "2026-02-01", "2.2.0rc1": "2024-01-01", "1.9.0": "2025-05-05"}
    dates = line_dates(tuple(Release(version=version, released=day) for version, day in days.items()), (("0", 2),))
    # 1.9 was uploaded again years later: 2.0 was there before.
    assert {version: dates.get(version) for version in days} == {
        "2.1.0": "2024-03-01",
        "2.1.1": "2024-03-01",
        "2.0.0": "2023-01-01",
        "2.0.9": "2023-01-01",
        "2.2.0rc1": None,
        "1.9.0": "2023-01-01",
    }


def test_jax_had_a_line_per_release_before_0_5() -> None:
    days = {"0.4.30": "2024-06-01", "0.4.31": "2024-07-01", "0.5.0": "2025-01-01", "0.5.3": "2025-03-01"}
    dates = line_dates(tuple(Release(version=version, released=day) for version, day in days.items()), (("0.5", 2), ("0", 3)))
    assert dates == {"0.4.30": "2024-06-01", "0.4.31": "2024-07-01", "0.5.0": "2025-01-01", "0.5.3": "2025-01-01"}


@pytest.mark.parametrize(
    ("name", "version", "family"),
    [
        ("nvidia-cudnn-cu12", "9.10.2.21", 12),
        ("nvidia-cudnn-cu13", "9.28.1.4", 13),
        ("nvidia-cublas", "13.1.0", 13),
        ("nvidia-nvtx", "13.0.85", 13),
        ("nvidia-cuda-runtime", "13.0.96", 13),
        ("cuda-toolkit", "12.8.1", 12),
        ("cudatoolkit", "11.2.2", 11),
        ("jax-cuda12-plugin", "0.9.0", 12),
        ("jax-cuda13-pjrt", "0.9.0", 13),
        ("numpy", "2.3.0", None),
        ("torch", "2.10.0", None),
        ("nvidia-cutlass-dsl-libs-cu12", "4.8.0", None),
    ],
)
def test_the_family_is_no_matter_of_the_name_alone(name: str, version: str, family: int | None) -> None:
    assert family_of(name, version) == family


def test_libraries_are_told_apart() -> None:
    assert is_runtime("nvidia-cuda-runtime-cu12")
    assert not is_runtime("nvidia-cuda-nvrtc-cu12")
    assert is_cudnn("nvidia-cudnn-cu13")
    assert must_hold_code("nvidia-cudnn-cu12")
    assert not must_hold_code("nvidia-nccl-cu12")
    assert is_cuda_library("nvidia-nvshmem-cu12")
    assert not is_cuda_library("triton")


def test_every_build_of_a_framework_names_its_place_and_version() -> None:
    for name in ("tensorflow", "torch", "jax"):
        for of in (target(), target("windows"), target("macos", "arm64"), target("linux", "aarch64")):
            for build in builds_of(FACTS, name, of):
                assert build.place
                assert build.brings_cuda or build.family is None
                assert build.cuda is None or build.family == int(build.cuda.split(".")[0])


@pytest.mark.parametrize("os", ["macos", "linux"])
def test_a_companion_whose_metadata_names_no_release_still_has_its_pair(os: Literal["macos", "linux"]) -> None:
    """torchvision up to 0.14 requires "torch" alone on macOS and aarch64; source: METADATA of the macosx_11_0_arm64 wheel of 0.14.1, 2026-11-24."""
    build = offered("torchvision", "0.14.1", of=target(os, "aarch64", "cpu"))
    pins = {requirement.specifier for each in build.values() for requirement in each.requires if requirement.name == "torch" and requirement.specifier}
    assert pins == {">=1.13.1,<=1.13.1"}
