"""Each of the ways that were written down before a rule was read is found, and named first."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import is_named_first
from fresh_ways import FRESH, Way

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


@pytest.mark.parametrize("way", [pytest.param(each, id=each.name) for each in FRESH])
def test_the_way_is_named_first(way: Way, tmp_path: Path) -> None:
    is_named_first(way, tmp_path)
