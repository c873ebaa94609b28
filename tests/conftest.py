"""Lets the rooms' tests name their files without asking each other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    """Forgets a test module of another folder with the same file name: tests lie in folders, not in packages, so pytest would refuse the second one."""
    loaded = sys.modules.get(collector.path.stem) if isinstance(collector, pytest.Module) else None
    if loaded is not None and collector.path.name.startswith("test_") and Path(loaded.__file__ or "") != collector.path:
        del sys.modules[collector.path.stem]
