"""What follows from facts, through the relations; each with a set of facts for true, for false and for not known."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from drivetrain.diagnose.facts import facts_of
from drivetrain.diagnose.propositions import PROPOSITIONS, Propositions
from drivetrain.frameworks import catalogue

Facts = dict[str, Any]
TORCH = {"framework": "torch", "os": "linux"}
TF = {"framework": "tensorflow", "os": "linux"}

TRUTHS: dict[str, tuple[Facts, Facts]] = {
    "in-container": ({"container": "docker"}, {"container": False}),
    "in-wsl": ({"os": "WSL2"}, {"os": "Ubuntu"}),
    "driver-missing": ({"driver": "none"}, {"driver": "550.54.14"}),
    "driver-too-old": ({**TORCH, "framework_version": "2.4.0+cu121", "driver": "470.57.02"}, {**TORCH, "framework_version": "2.4.0+cu121", "driver": "535.54"}),
    "gpu-not-in-build": ({**TORCH, "framework_version": "1.12.0+cu102", "gpu": "RTX 3090"}, {**TORCH, "framework_version": "2.4.0+cu121", "gpu": "RTX 3090"}),
    "gpu-newer-than-build": (
        {**TORCH, "framework_version": "2.4.0+cu121", "gpu": "RTX 5090"},
        {**TORCH, "framework_version": "2.4.0+cu121", "gpu": "Tesla K80"},
    ),
    "gpu-older-than-build": (
        {**TORCH, "framework_version": "2.4.0+cu121", "gpu": "Tesla K80"},
        {**TORCH, "framework_version": "2.4.0+cu121", "gpu": "RTX 5090"},
    ),
    "gpu-of-other-vendor": ({"gpu": "AMD Radeon RX 6800"}, {"gpu": "NVIDIA GeForce RTX 3080 Laptop (Intel i7)"}),
    "no-nvidia-gpu": ({"gpu": "none"}, {"gpu": "RTX 3060"}),
    "cpu-build": ({**TORCH, "framework_version": "2.1.0+cpu"}, {**TORCH, "framework_version": "2.1.0+cu118"}),
    "cudnn-older-than-build": (
        {**TF, "framework_version": "2.16.1", "cudnn_installed": "8.6"},
        {**TF, "framework_version": "2.16.1", "cudnn_installed": "8.9.7"},
    ),
    "cudnn-major-differs": ({**TF, "framework_version": "2.16.1", "cudnn_installed": "9.1"}, {**TF, "framework_version": "2.16.1", "cudnn_installed": "8.9"}),
    "cudnn-absent": ({"cudnn_installed": "none"}, {"pip_packages": ["nvidia-cudnn-cu12==9.1.0.70"]}),
    "cuda-major-differs": ({**TF, "framework_version": "2.16.1", "cuda_installed": "11.8"}, {**TF, "framework_version": "2.16.1", "cuda_installed": "12.2"}),
    "cuda-absent": ({"cuda_installed": "none"}, {"cuda_installed": "12.1"}),
    "two-cuda-majors": (
        {"pip_packages": ["nvidia-cublas-cu11==11.11.3.6", "nvidia-cublas-cu12==12.1.3.1"]},
        {"pip_packages": ["nvidia-cublas-cu12==12.1.3.1", "nvidia-cufft-cu12==11.0.2.54"]},
    ),
    "nvidia-wheels-absent": ({"pip_packages": ["tensorflow==2.16.1"]}, {"pip_packages": ["nvidia-cublas-cu12==12.1.3.1"]}),
    "python-unsupported": ({**TORCH, "framework_version": "2.0.1", "python": "3.12.1"}, {**TORCH, "framework_version": "2.0.1", "python": "3.10"}),
    "tf-without-windows-gpu": (
        {"framework": "tensorflow", "os": "windows", "framework_version": "2.12.0"},
        {"framework": "tensorflow", "os": "windows", "framework_version": "2.10.1"},
    ),
    "numpy-2": ({"pip_packages": ["numpy==2.0.1"]}, {"pip_packages": ["numpy==1.26.4"]}),
    "jaxlib-differs": ({"pip_packages": ["jax==0.4.30", "jaxlib==0.4.20"]}, {"pip_packages": ["jax==0.4.30", "jaxlib==0.4.30"]}),
    "plugin-differs": (
        {"pip_packages": ["jaxlib==0.4.30", "jax-cuda12-plugin==0.4.20"]},
        {"pip_packages": ["jaxlib==0.4.30", "jax-cuda12-plugin==0.4.30"]},
    ),
    "ld-library-path-set": ({"env": {"LD_LIBRARY_PATH": "set"}}, {"env": {"LD_LIBRARY_PATH": "unset"}}),
}


@cache
def facts_of_the_world() -> Any:
    return catalogue(None)


def asked(name: str, facts: Facts) -> tuple[bool | None, str]:
    return Propositions(facts_of(facts), facts_of_the_world).answer(name)


@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_it_is_told_that_it_holds_why_and_that_it_does_not(name: str) -> None:
    holds, does_not = TRUTHS[name]
    state, says = asked(name, holds)
    assert state is True
    assert says, "what holds is said in a sentence"
    assert asked(name, does_not)[0] is False


@pytest.mark.parametrize("name", sorted(PROPOSITIONS))
def test_without_facts_nothing_is_told(name: str) -> None:
    assert asked(name, {})[0] is None


def test_two_cudnns_are_told_and_never_denied() -> None:
    assert asked("two-cudnns", {"cudnn_installed": "8.9", "pip_packages": ["nvidia-cudnn-cu12==9.1.0.70"]})[0] is True
    assert asked("two-cudnns", {"pip_packages": ["nvidia-cudnn-cu12==9.1.0.70"]})[0] is None


def test_a_release_that_no_table_has_tells_nothing() -> None:
    assert asked("driver-too-old", {**TORCH, "framework_version": "99.0", "driver": "470.57"})[0] is None
    assert asked("python-unsupported", {**TORCH, "framework_version": "99.0", "python": "3.8"})[0] is None
