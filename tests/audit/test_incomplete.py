"""Files that are missing or cut short, and those that the system's own package manager keeps a list of elsewhere."""

from __future__ import annotations

import pytest
from facts import environment, found, machine, one

from drivetrain.model.binary import Linkage
from drivetrain.model.environment import DiskFile
from drivetrain.model.library import Library

GONE = (DiskFile(path="../scripts/pip3", size_bytes=None, sha256=None),)


@pytest.mark.parametrize(("kind", "installer", "told"), [("system", "", False), ("system", "rpm", False), ("system", "pip", True), ("venv", "", True)])
def test_a_missing_file_counts_where_an_installer_of_python_keeps_the_list(kind: str, installer: str, told: bool) -> None:
    several = found(machine(), environment(one("pip", "23.0.1", installer=installer, missing=1, damaged=GONE), kind=kind))
    assert ("environment-incomplete" in several) is told


@pytest.mark.parametrize(("faults", "severity"), [((), "warning"), (("its dynamic section lies outside the file",), "error")])
def test_a_library_of_another_size_is_an_error_where_it_cannot_be_read_any_more(faults: tuple[str, ...], severity: str) -> None:
    path = "nvidia/cublas/lib/libcublasLt.so.12"
    cut = (DiskFile(path=path, size_bytes=100_000_000, sha256=None),)
    library = Library(path=path, bytes=100_000_000, linkage=Linkage(format="elf", arch="x86_64", faults=faults))
    several = found(machine(), environment(one("nvidia-cublas-cu12", "12.8.4.1", installer="uv", missing=1, damaged=cut), libraries=(library,)))
    assert several["environment-incomplete"].severity == severity
