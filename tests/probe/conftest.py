"""Fixtures: stub driver libraries compiled once, and an empty machine in a folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from laid_out import STUBS, Layout


@pytest.fixture(scope="session")
def stub_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a folder with NVML and libcuda of a driver of today (`new/`), of one that lacks newer functions, and of one older than NVML's binding."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here to make the stub driver libraries with")
    folder = tmp_path_factory.mktemp("stubs")
    for which, flags in (("new", []), ("old", ["-DOLD"]), ("ancient", ["-DOLD", "-DANCIENT"])):
        (folder / which).mkdir()
        for source, library in (("nvml.c", "libnvidia-ml.so.1"), ("cuda.c", "libcuda.so.1")):
            subprocess.run(
                [compiler, "-shared", "-fPIC", "-w", f"-Wl,-soname,{library}", *flags, "-o", str(folder / which / library), str(STUBS / source)], check=True
            )
    return folder


@pytest.fixture
def layout(tmp_path: Path, stub_libraries: Path) -> Layout:
    return Layout(tmp_path, stub_libraries)
