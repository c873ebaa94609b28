"""JAX with three CUDA releases: audit finds nothing wrong in any."""

from __future__ import annotations

from pathlib import Path

import pytest
from healthy import JAX, Healthy, cases, stays_healthy

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


@cases(*JAX)
def test_nothing_is_wrong(healthy: Healthy, tmp_path: Path) -> None:
    stays_healthy(healthy, tmp_path)
