"""TensorFlow and JAX on the CPU: audit finds nothing wrong in any."""

from __future__ import annotations

from pathlib import Path

import pytest
from healthy import ON_THE_CPU, Healthy, cases, stays_healthy

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


@cases(*ON_THE_CPU)
def test_nothing_is_wrong(healthy: Healthy, tmp_path: Path) -> None:
    stays_healthy(healthy, tmp_path)
