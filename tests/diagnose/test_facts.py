"""Facts as people report them, in one spelling."""

from __future__ import annotations

from typing import Any

import pytest

from drivetrain.diagnose.facts import absent, facts_of, joined, packages_of


@pytest.mark.parametrize(
    ("given", "key", "value"),
    [
        ({"framework": "PyTorch"}, "framework", "torch"),
        ({"framework": "tensorflow-gpu"}, "framework", "tensorflow"),
        ({"os": "Windows 11"}, "os", "windows"),
        ({"os": "Ubuntu 22.04 (WSL2)"}, "os", "wsl2"),
        ({"os": "linux", "kernel": "5.15.90.1-microsoft-standard-WSL2"}, "os", "wsl2"),
        ({"distro": "Fedora 39"}, "os", "linux"),
        ({"os": "Darwin"}, "os", "macos"),
        ({"framework": "pytorch", "framework_version": "1.12.0+cu102"}, "torch_cuda", "10.2"),
        ({"framework": "pytorch", "framework_version": "2.1.0+cpu"}, "torch_cuda", "none"),
        ({"framework": "pytorch", "framework_version": "2.1.0+cu121"}, "package.torch", "2.1.0+cu121"),
        ({"pip_packages": ["numpy==2.1.0", "jax[cuda12] 0.4.30"]}, "package.jax", "0.4.30"),
        ({"pip_packages": {"NumPy": "1.26"}}, "package.numpy", "1.26"),
        ({"env": {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64"}}, "env.LD_LIBRARY_PATH", "/usr/local/cuda/lib64"),
        ({"container": True}, "container", "yes"),
        ({"install_method": "docker (nvcr.io)"}, "container", "docker (nvcr.io)"),
        ({"compute_capability": "8.6"}, "capability", "8.6"),
        ({"reboot tried": False}, "reboot_tried", "no"),
        ({"framework": "jax", "pip_packages": "jax==0.4.30, jaxlib==0.4.30"}, "framework_version", "0.4.30"),
    ],
)
def test_a_fact_has_one_spelling(given: dict[str, Any], key: str, value: str) -> None:
    assert facts_of(given)[key] == value


def test_what_is_empty_is_not_known_and_no_key_is_refused() -> None:
    assert facts_of({"gpu": None, "driver": "", "my own key": [1, {"a": None}]}) == {"my_own_key": "1; a=None"}


def test_what_was_given_counts_before_what_the_log_tells() -> None:
    assert joined({"driver": "470.57"}, {"driver": "550.1", "gpu": "RTX 3090"}) == {"driver": "470.57", "gpu": "RTX 3090"}


@pytest.mark.parametrize(("text", "is_absent"), [("none", True), ("not installed", True), ("No", True), ("470.57", False), ("Nouveau", False)])
def test_absence_is_a_fact_of_its_own(text: str, is_absent: bool) -> None:
    assert absent(text) is is_absent


def test_packages_are_told_by_name() -> None:
    assert packages_of(facts_of({"pip_packages": ["Nvidia_cuDNN-cu12==9.1.0.70"]})) == {"nvidia-cudnn-cu12": "9.1.0.70"}
