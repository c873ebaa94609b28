"""Each of the further ways most often told of is found, and named first."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import is_named_first
from fresh_ways import Way
from more_ways import MORE

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


@pytest.mark.parametrize("way", [pytest.param(each, id=each.name) for each in MORE])
def test_the_way_is_named_first(way: Way, tmp_path: Path) -> None:
    is_named_first(way, tmp_path)
