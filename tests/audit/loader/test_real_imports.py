"""The simulation against the truth: real imports of the three frameworks in five environments, watched by the loader itself."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from audit.loader.real_imports import environment_with_interpreter, foretold, really_imported, replayed
from environments.workshop import made

pytestmark = [pytest.mark.install, pytest.mark.timeout(1800), pytest.mark.skipif(sys.platform != "linux", reason="LD_DEBUG is glibc's")]

ENVIRONMENTS = {
    "torch": ("torch", "numpy"),
    "tensorflow": ("tensorflow-cpu",),
    "jax": ("jax",),
    "all three": ("torch", "tensorflow-cpu", "jax"),
    "CUDA": ("tensorflow[and-cuda]", "jax[cuda12]"),
}
MODULES = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow",),
    "jax": ("jax",),
    "all three": ("torch", "tensorflow", "jax"),
    "CUDA": ("tensorflow", "jax"),
}


@pytest.fixture(scope="module", params=list(ENVIRONMENTS))
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An environment; torch is its CPU build where the configured find-links have one."""
    prefix = tmp_path_factory.mktemp("truth") / "env"
    requirements = [f"torch{_cpu_build()}" if each == "torch" else each for each in ENVIRONMENTS[request.param]]
    links = os.environ.get("PIP_FIND_LINKS", "")
    yield request.param, made(prefix, *requirements, **({"UV_FIND_LINKS": links} if links else {}))
    shutil.rmtree(prefix, ignore_errors=True)


def _cpu_build() -> str:
    folder = Path(os.environ.get("PIP_FIND_LINKS", "").removeprefix("file://"))
    names = [path.name for path in folder.glob("torch-*+cpu-cp311-*")] if str(folder) != "." else []
    if not names:
        pytest.skip("no CPU build of torch among the configured find-links")
    return f"=={names[-1].split('-')[1]}"


def test_the_simulated_process_loads_what_the_real_one_loads(place: tuple[str, Path], tmp_path: Path) -> None:
    """Every library of the environment and of the system, by path: after the same openings the sets are equal."""
    kind, prefix = place
    environment = environment_with_interpreter(prefix, tmp_path / "cache")
    for order in {MODULES[kind], MODULES[kind][::-1]}:
        real = really_imported(prefix, tmp_path, *order)
        assert replayed(environment, real) == real.loaded, order


def test_what_is_foretold_of_an_import_is_loaded(place: tuple[str, Path], tmp_path: Path) -> None:
    """What the data of a framework says that its import loads, the real one has loaded; nothing of NVIDIA's is loaded that was not foretold."""
    kind, prefix = place
    environment = environment_with_interpreter(prefix, tmp_path / "cache")
    for name in MODULES[kind]:
        real = really_imported(prefix, tmp_path, name)
        assert foretold(environment, name, when=("import",)) <= real.loaded, name
        nvidia = {path for path in real.loaded if "/nvidia/" in path}
        assert nvidia <= foretold(environment, name, when=("import", "gpu")), name
