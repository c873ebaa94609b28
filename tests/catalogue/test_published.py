"""Frameworks whose wheels have names of their own: which wheel is offered for what, and what comes beside it."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.not_planned import PAGES, not_planned
from drivetrain.catalogue.offers import builds_of
from drivetrain.causes import slugs
from drivetrain.frameworks import catalogue, frameworks
from drivetrain.model.build import Build, Framework, Target

FACTS = catalogue()
LINUX = Target(os="linux", pythons=("3.12",))
NAMED = [each for each in frameworks() if each.names]


def offered(name: str, version: str, of: Target = LINUX) -> dict[str, Build]:
    """Gives the builds of a release by the name of their wheel."""
    return {each.wheel_name: each for each in builds_of(FACTS, name, of) if each.version == version and each.place == "index"}


def test_a_wheel_per_cuda_family_is_one_framework() -> None:
    builds = offered("cupy", "14.2.0")
    assert {name: build.family for name, build in builds.items()} == {"cupy-cuda13x": 13, "cupy-cuda12x": 12}
    assert {build.distribution for build in builds.values()} == {"cupy"}
    assert {each.name for each in builds["cupy-cuda12x"].requires} >= {"numpy", "nvidia-cuda-nvrtc-cu12", "nvidia-cublas-cu12"}
    assert FACTS.framework("cupy-cuda11x") is FACTS.framework("cupy")


def test_asked_for_by_its_name_it_is_that_wheel_alone() -> None:
    assert set(offered("cupy-cuda12x", "14.2.0")) == {"cupy-cuda12x"}


def test_the_loader_is_told_only_where_the_wheel_does_not_look() -> None:
    assert offered("cupy", "13.6.0")["cupy-cuda12x"].loader_paths
    assert not offered("cupy", "14.2.0")["cupy-cuda12x"].loader_paths
    assert "nvidia/cudnn/lib" in offered("onnxruntime", "1.26.0")["onnxruntime-gpu"].loader_paths
    assert offered("onnxruntime", "1.31.1")["onnxruntime-gpu"].loader_paths == ("nvidia/cu13/lib", "nvidia/cudnn/lib")


def test_the_own_name_is_the_build_for_the_cpu() -> None:
    builds = offered("onnxruntime", "1.31.1")
    cpu, gpu = builds["onnxruntime"], builds["onnxruntime-gpu"]
    assert (cpu.build, cpu.brings_cuda, cpu.family) == ("cpu", False, None)
    assert (gpu.extras, gpu.brings_cuda, gpu.family) == (("cuda", "cudnn"), True, 13)


def test_nothing_is_added_where_nothing_uses_cuda() -> None:
    gpu = offered("onnxruntime", "1.31.1", Target(os="linux", accelerator="cpu"))["onnxruntime-gpu"]
    assert (gpu.extras, gpu.loader_paths) == ((), ())


def test_the_release_whose_extra_names_the_wrong_wheels_gets_the_right_ones() -> None:
    build = offered("onnxruntime", "1.27.0")["onnxruntime-gpu"]
    assert not build.extras
    assert {"nvidia-cuda-runtime", "nvidia-cudnn-cu13"} <= {each.name for each in build.requires}


def test_what_no_wheel_brings_is_the_systems() -> None:
    paddle = offered("paddlepaddle", "2.6.2")["paddlepaddle-gpu"]
    assert (paddle.reads_system, paddle.cuda, paddle.cudnn) == (True, "11.8", "8.6.0")
    old, newer = offered("mxnet", "1.9.1")["mxnet-cu110"], offered("mxnet", "1.9.1")["mxnet-cu112"]
    assert (old.reads_system, newer.reads_system) == (True, False)


def test_paddles_own_index_has_what_the_package_index_lacks() -> None:
    own = [each for each in builds_of(FACTS, "paddlepaddle", LINUX) if each.place == "paddle" and each.version == "3.3.1"]
    assert {each.build for each in own} == {"cu129", "cu130"}
    assert {each.local for each in own} == {""}, "its address alone tells the builds apart"
    assert all(each.dated and each.wheel_name == "paddlepaddle-gpu" for each in own)


def test_a_source_package_in_front_of_wheels_is_not_offered_beside_them() -> None:
    assert "cupy" not in offered("cupy", "14.2.0")
    assert not offered("tensorrt", "8.6.1")["tensorrt"].wheels
    assert offered("tensorrt", "8.6.0")["tensorrt"].family == 12


@pytest.mark.parametrize("framework", NAMED, ids=lambda each: each.name)
def test_every_name_has_releases_and_every_row_a_name(framework: Framework) -> None:
    assert all(FACTS.releases(name) for name in framework.names)
    known = {"", framework.distribution, *framework.names}
    assert {row.distribution for row in FACTS.facts(framework.name)} <= known
    assert all(row.sources and row.platforms for row in FACTS.facts(framework.name))


@pytest.mark.parametrize("name", PAGES)
def test_what_is_not_planned_has_a_page_and_sources(name: str) -> None:
    row = not_planned(name)
    assert row is not None
    assert row.cause in slugs()
    assert row.sources
