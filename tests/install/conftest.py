"""A small package index on disk, and what every test of the room needs to lock and install from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from install_orders import locked
from install_wheels import build_wheel, publish

from drivetrain.install import EngineSettings
from drivetrain.model.documents import FrozenMap
from drivetrain.model.lock import Lock

CONFIGURED = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_"))}


@pytest.fixture(scope="session", autouse=True)
def _own_uv() -> Iterator[None]:
    """No test of this room reads the configuration of whoever runs it, but those that ask for it (`configured`)."""
    patch = pytest.MonkeyPatch()
    for name in CONFIGURED:
        patch.delenv(name)
    yield
    patch.undo()


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip's and uv's variables as whoever runs the tests has them."""
    for name, value in CONFIGURED.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """alpha 1.0 and 2.0 (needs beta, has a program), beta 1.0 and 2.0, clash 1.0 (needs beta<2), twin-a and twin-b (own one file)."""
    root = tmp_path_factory.mktemp("index") / "simple"
    program = "import sys\n\ndef main():\n    print('alpha runs in', sys.prefix)\n"
    for version in ("1.0", "2.0"):
        files = {"alpha/__init__.py": f"version = {version!r}\n", "alpha/program.py": program}
        build_wheel(root / "alpha", "alpha", version, files, requires=["beta"], scripts={"alpha-run": "alpha.program:main"})
        build_wheel(root / "beta", "beta", version)
    build_wheel(root / "clash", "clash", "1.0", requires=["beta<2"])
    for twin in ("a", "b"):
        build_wheel(root / f"twin-{twin}", f"twin_{twin}", "1.0", {"shared/lib.py": f"owner = 'twin {twin}'\n" + "#" * ord(twin)})
    publish(root)
    return root


@pytest.fixture(scope="session")
def settings(index: Path, tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    return EngineSettings(cache_dir=tmp_path_factory.mktemp("cache"), uv=FrozenMap({"index": [{"url": index.as_uri(), "default": True}]}))


@pytest.fixture(scope="session")
def alpha_lock(settings: EngineSettings) -> Lock:
    return locked(settings, "alpha==2.0")
