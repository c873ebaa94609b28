"""Which CUDA a driver serves: in full, by minor-version compatibility, not at all, or nobody knows."""

from __future__ import annotations

import pytest

from drivetrain.catalogue import drivers
from drivetrain.catalogue.relations.driver import driver_serves, is_full
from drivetrain.model.build import Target
from drivetrain.model.plan import Reason, Unknown


def target(driver: str | None, *, os: str = "linux", ceiling: str | None = None, wsl: bool = False) -> Target:
    known = drivers.ceiling(driver, os, wsl=wsl) if driver else None  # type: ignore[arg-type]
    return Target(os=os, wsl=wsl, driver=driver, ceiling=ceiling or known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("driver", "cuda", "served", "full"),
    [
        ("550.54.14", "12.4", True, True),
        ("550.54.14", "12.8", True, False),
        ("550.54.14", "13.0", False, False),
        ("525.60.13", "12.9", True, False),
        ("520.61.05", "12.0", False, False),
        ("470.82.01", "11.8", True, False),
        ("470.82.01", "12.1", False, False),
        ("580.65.06", "13.2", True, False),
        ("580", "13.0", True, True),
        ("418.40.04", "10.1", True, True),
        ("418.40.04", "10.2", False, False),
    ],
)
def test_a_driver_serves_its_own_major(driver: str, cuda: str, served: bool, full: bool) -> None:
    answer = driver_serves(target(driver), cuda)
    assert (answer is None) is served
    assert is_full(target(driver), cuda) is full
    if not served:
        assert isinstance(answer, Reason)
        assert answer.cause == "driver-too-old-for-cuda"
        assert answer.sources


def test_windows_and_wsl_have_numbers_of_their_own() -> None:
    assert driver_serves(target("528.33", os="windows"), "12.0") is None
    assert driver_serves(target("528.33", wsl=True), "12.0") is None
    assert isinstance(driver_serves(target("522.06", os="windows"), "12.0"), Reason)


def test_a_driver_that_nobody_knows_is_unknown_and_not_a_yes() -> None:
    assert isinstance(driver_serves(target(None), "12.8"), Unknown)


@pytest.mark.parametrize(("ceiling", "cuda", "served"), [("12.4", "12.8", True), ("12.4", "12.2", True), ("12.4", "13.0", False), ("10.2", "10.2", True)])
def test_a_ceiling_without_a_driver_number_answers_by_major(ceiling: str, cuda: str, served: bool) -> None:
    assert isinstance(driver_serves(target(None, ceiling=ceiling), cuda), Reason) is not served


def test_every_release_with_a_known_driver_is_served_by_it() -> None:
    for release in drivers.known_releases("linux"):
        driver = drivers.full_driver(release, "linux")
        assert driver is not None
        assert driver_serves(target(driver), release) is None
        assert is_full(target(driver), release)
