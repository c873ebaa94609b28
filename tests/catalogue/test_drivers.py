"""Drivers and CUDA: by range of numbers, on both systems, and one law that binds the three tables."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.drivers import branches, ceiling, ceiling_row, full_driver, full_driver_row, major_row, majors, minimum_driver
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import OsFamily


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("340.108", None),
        ("390.46", "9.1"),
        ("430.26", "10.2"),
        ("430.40", "10.1"),
        ("470.199.02", "11.4"),
        ("525.60.13", "12.0"),
        ("550.54.14", "12.4"),
        ("550", "12.4"),
        ("550.54", "12.4"),
        ("560.35.03", "12.6"),
        ("565.57.01", "12.7"),
        ("580.65.06", "13.0"),
        ("615.71.09", "13.4"),
        ("700.1", "13.4"),
    ],
)
def test_linux(driver: str, cuda: str | None) -> None:
    assert ceiling(driver, "linux") == cuda


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("551.61", "12.4"),
        ("551", "12.4"),
        ("552.22", "12.4"),
        ("553.09", "12.4"),
        ("566.36", "12.7"),
        ("573.1", "12.8"),
        ("577.0", "12.9"),
        ("581.29", "13.0"),
        ("571.96", "12.8"),
    ],
)
def test_windows_numbers_between_the_rows(driver: str, cuda: str) -> None:
    assert ceiling(driver, "windows") == cuda
    assert ceiling(driver, "linux", wsl=True) == cuda


@pytest.mark.parametrize("driver", ["550", "550.54", "550.54.14", "R550".removeprefix("R")])
def test_a_branch_is_understood_on_windows_and_in_wsl(driver: str) -> None:
    assert ceiling(driver, "windows") == ceiling(driver, "linux", wsl=True) == "12.4"


def test_macos_has_none() -> None:
    assert ceiling("550.54", "macos") is None
    assert minimum_driver("12.4", "macos") is None


@pytest.mark.parametrize(
    ("cuda", "linux", "windows"),
    [
        ("10.2", "440.33", "441.22"),
        ("11.0", "450.36.06", "451.22"),
        ("11.8", "450.80.02", "452.39"),
        ("12.0", "525.60.13", "527.41"),
        ("12.4.1", "525.60.13", "528.33"),
        ("13.1", "580.65.06", "580.88"),
    ],
)
def test_minimum(cuda: str, linux: str, windows: str) -> None:
    """12.0 on Windows: its own toolkit's driver stands below the minimum that is printed for CUDA 12."""
    assert (minimum_driver(cuda, "linux"), minimum_driver(cuda, "windows"), minimum_driver(cuda, "linux", wsl=True)) == (linux, windows, windows)


def test_full_driver() -> None:
    assert (full_driver("12.4", "linux"), full_driver("12.4", "windows"), full_driver("12.7", "linux")) == ("550.54.14", "551.61", "565")
    assert full_driver("13.5", "linux") is None, "no driver that reports it is known"


@pytest.mark.parametrize("family", ["linux", "windows"])
def test_the_driver_that_serves_a_cuda_in_full_has_it_as_its_ceiling(family: OsFamily) -> None:
    for cuda in {row.cuda for row in branches(family)}:
        driver = full_driver(cuda, family)
        assert driver is not None
        told = ceiling(driver, family)
        assert told is not None
        assert at_least(told, cuda), f"{driver} is said to serve {cuda}, its ceiling is {told}"
        minimum = minimum_driver(cuda, family)
        assert minimum is not None
        assert dotted(minimum) <= dotted(driver)


def test_every_row_has_its_sources() -> None:
    rows = [*branches("linux"), *branches("windows"), *majors(), ceiling_row("550", "linux"), full_driver_row("12.4", "windows"), major_row(12)]
    assert all(row is not None and row.sources for row in rows)
    assert [row.major for row in majors()] == [11, 12, 13]
    assert major_row(10) is None
