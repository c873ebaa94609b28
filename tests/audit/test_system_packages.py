"""What the system's own package manager installed is not held to a RECORD that it does not keep."""

from __future__ import annotations

import pytest
from facts import environment, found, machine, one

from drivetrain.model.environment import DiskFile

GONE = (DiskFile(path="../scripts/pip3", size_bytes=None, sha256=None),)


@pytest.mark.parametrize(("kind", "installer", "told"), [("system", "", False), ("system", "rpm", False), ("system", "pip", True), ("venv", "", True)])
def test_a_missing_file_counts_where_an_installer_of_python_keeps_the_list(kind: str, installer: str, told: bool) -> None:
    several = found(machine(), environment(one("pip", "23.0.1", installer=installer, missing=1, damaged=GONE), kind=kind))
    assert ("environment-incomplete" in several) is told
