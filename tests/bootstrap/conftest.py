"""The checkouts that the bootstrap's tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from small_checkout import Checkout, Ran, make_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that has not been used yet."""
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Ran]:
    """A checkout that has been used once, and what that said."""
    used = make_checkout(tmp_path_factory.mktemp("used"))
    return used, used.run("./drivetrain", "plan", "two words", "", "torch>=2.6,<3", "*")


@pytest.fixture
def used(first_use: tuple[Checkout, Ran]) -> Iterator[Checkout]:
    """The checkout that has been used once, with its variables as they were."""
    before = dict(first_use[0].variables)
    yield first_use[0]
    first_use[0].variables.clear()
    first_use[0].variables.update(before)
