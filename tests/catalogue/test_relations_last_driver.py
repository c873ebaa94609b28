"""Law: a driver serves every chip up to the branch that its maker names as the last."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.relations.last_driver import last_branch_before


@pytest.mark.parametrize(
    ("driver", "capability"),
    [
        ("470.256.02", "3.5"),
        ("470", "3.7"),
        ("474.14", "3.5"),  # Windows: the last of R470
        ("580.126.09", "6.1"),
        ("582.28", "7.0"),  # Windows: R580
        ("580", "5.2"),
        ("610", "7.5"),
        ("615.71.09", "12.0"),
        ("610", "8.7"),  # Jetson follows JetPack
        ("610", "5.3"),
        ("610", "99.9"),
    ],
)
def test_it_is_served(driver: str, capability: str) -> None:
    assert last_branch_before(driver, capability) is None


@pytest.mark.parametrize(
    ("driver", "capability", "last"),
    [("495.44", "3.5", "470"), ("525.60.13", "3.7", "470"), ("496.13", "3.0", "470"), ("590", "6.1", "580"), ("591.44", "5.0", "580"), ("610", "7.0", "580")],
)
def test_it_is_no_longer_served(driver: str, capability: str, last: str) -> None:
    assert last_branch_before(driver, capability) == last
