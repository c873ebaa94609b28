"""Conditions are three-valued: what is not known is neither true nor false."""

from __future__ import annotations

import pytest

from drivetrain.diagnose.conditions import Known, all_hold, holds, names_in

FACTS = {
    "os": "linux",
    "driver": "470.57",
    "framework_version": "2.11.0",
    "install_method": "conda env + pip",
    "cuda_installed": "10.x",
    "gpu": "none",
    "soname": "libcudnn.so.8",
}
KNOWN = Known(
    facts=FACTS,
    seen=frozenset({"traceback"}),
    proposition={"driver-too-old": True, "in-wsl": False}.get,
    propositions=frozenset({"driver-too-old", "in-wsl", "numpy-2"}),
)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("os=linux", True),
        ("os=windows|macos", False),
        ("os!=windows", True),
        ("distro=ubuntu", None),
        ("not distro=ubuntu", None),
        ("driver<525", True),
        ("driver>=470.57", True),
        ("driver<470.57.02", True),
        ("framework_version>=2.11", True),
        ("framework_version<2.11", False),
        ("cuda_installed<11", True),
        ("install_method=conda", True),
        ("install_method=docker", False),
        ("soname~cudnn", True),
        ("soname~CUBLAS", False),
        ("gpu", False),
        ("driver", True),
        ("glibc", None),
        ("driver-too-old", True),
        ("not driver-too-old", False),
        ("in-wsl", False),
        ("numpy-2", None),
        ("seen:traceback", True),
        ("not seen:gpus-zero", True),
        ("gpu<3", None),
    ],
)
def test_a_condition_holds_does_not_or_cannot_be_told(condition: str, answer: bool | None) -> None:
    assert holds(condition, KNOWN) is answer


def test_one_that_is_false_decides_before_one_that_is_unknown() -> None:
    assert all_hold(("distro=ubuntu", "os=windows"), KNOWN) is False
    assert all_hold(("distro=ubuntu", "os=linux"), KNOWN) is None
    assert all_hold(("driver<525", "os=linux"), KNOWN) is True
    assert all_hold((), KNOWN) is True


def test_what_a_condition_asks_for() -> None:
    assert names_in("not seen:gpus-zero") == ("symptom", "gpus-zero")
    assert names_in("driver<525") == ("fact", "driver")
    assert names_in("in-wsl") == ("name", "in-wsl")
    assert names_in("???") == ("", "")
