"""Lets the rooms' tests name their files without asking each other: tests lie in folders, not in packages, so their modules share one space of names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    """Forgets a test module of another folder with the same file name, and lets `conftest` mean the one beside the test."""
    if not isinstance(collector, pytest.Module):
        return
    loaded = sys.modules.get(collector.path.stem)
    if loaded is not None and Path(loaded.__file__ or "") != collector.path:
        del sys.modules[collector.path.stem]
    beside = str(collector.path.with_name("conftest.py"))
    for plugin in collector.config.pluginmanager.get_plugins():
        if getattr(plugin, "__file__", None) == beside:
            sys.modules["conftest"] = plugin
