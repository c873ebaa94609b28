"""Lets the rooms' tests name their files without asking each other."""

from __future__ import annotations

import sys
from pathlib import Path


def pytest_pycollect_makemodule(module_path: Path) -> None:
    """Forgets a test module of another folder with the same file name: tests lie in folders, not in packages, so pytest would refuse the second one."""
    loaded = sys.modules.get(module_path.stem)
    if module_path.name.startswith("test_") and loaded is not None and Path(loaded.__file__ or "") != module_path:
        del sys.modules[module_path.stem]
