"""A real environment made without network, and small real packages in it that behave as frameworks do, well or badly."""

from __future__ import annotations

import sys
import textwrap
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from drivetrain.model.machine import Driver, Gpu, Machine, OperatingSystem
from drivetrain.model.verdict import Subject

HONEST = '''
"""A framework in pure Python: lists of floats, correct to the last bit that a double has."""
import math

__version__ = "1.0"
DEVICES = ["cpu"]
BUILT_FOR_GPU = False
CUDNN = {"loaded": None, "built": None}


def devices():
    found = [{"device": each, "name": "Test GPU", "compute_capability": "9.0"} if each != "cpu" else {"device": each} for each in DEVICES]
    return {"devices": found, "built_for_gpu": BUILT_FOR_GPU}


def offers(device, number):
    return True


def rounded(value, number):
    return value


def _all(rows, number):
    return [[rounded(value, number) for value in row] for row in rows]


def matmul(device, number, left, right):
    return _product(_all(left, number), _all(right, number))


def _product(left, right):
    return [[sum(row[k] * right[k][j] for k in range(len(right))) for j in range(len(right[0]))] for row in left]


def conv2d(device, number, images, kernels):
    out = []
    for image in images:
        planes = []
        for kernel in kernels:
            side = len(image[0]) - 2
            places = [(c, y, x) for c in range(len(kernel)) for y in range(3) for x in range(3)]
            planes.append([[sum(image[c][top + y][left + x] * kernel[c][y][x] for c, y, x in places) for left in range(side)] for top in range(side)])
        out.append(planes)
    return out


def train(device, inputs, targets, weights, steps, rate):
    losses = []
    for _ in range(steps):
        guess = [[math.tanh(value) for value in row] for row in _product(inputs, weights)]
        size = len(guess) * len(guess[0])
        gaps = [[guess[i][j] - targets[i][j] for j in range(len(guess[0]))] for i in range(len(guess))]
        losses.append(sum(gap * gap for row in gaps for gap in row) / size)
        slopes = [[gaps[i][j] * (1 - guess[i][j] ** 2) * 2 / size for j in range(len(guess[0]))] for i in range(len(guess))]
        gradient = _product([list(column) for column in zip(*inputs)], slopes)
        weights = [[weights[i][j] - rate * gradient[i][j] for j in range(len(weights[0]))] for i in range(len(weights))]
    return weights, losses


def cudnn():
    return CUDNN
'''

SCRIPT = """
import importlib

def _it():
    return importlib.import_module("{name}")

def load():
    return {{"version": _it().__version__}}

def devices():
    return _it().devices()

def offers(*given):
    return _it().offers(*given)

def matmul(*given):
    return _it().matmul(*given)

def conv2d(*given):
    return _it().conv2d(*given)

def train(*given):
    return _it().train(*given)

def cudnn():
    return _it().cudnn()
"""

MakeFramework = Callable[..., Subject]


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("environment") / "env"
    venv.EnvBuilder(with_pip=False, symlinks=sys.platform != "win32").create(place)
    return place


@pytest.fixture
def framework(prefix: Path, tmp_path: Path) -> MakeFramework:
    """Makes a package in the environment, honest but for the code given, and its verify script."""

    def make(code: str = "", name: str = "calc", lacks: tuple[str, ...] = (), **given: object) -> Subject:
        (site,) = [*prefix.glob("lib/python*/site-packages"), *prefix.glob("Lib/site-packages")]
        (site / f"{name}.py").write_text(HONEST + textwrap.dedent(code), encoding="utf-8")
        # Byte code is told from its source by size and second: two versions of one test run can share both.
        for stale in site.glob(f"__pycache__/{name}.*"):
            stale.unlink()
        folder = tmp_path / "scripts" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "verify.py").write_text(SCRIPT.format(name=name) + (f"LACKS = {lacks!r}\n" if lacks else ""), encoding="utf-8")
        facts = {"name": name, "distribution": name, "import_name": name, "script": str(folder / "verify.py"), **given}
        return Subject(**facts)  # type: ignore[arg-type]

    return make


@pytest.fixture
def machine() -> Machine:
    return Machine(os=OperatingSystem(family="linux"))


@pytest.fixture
def gpu_machine() -> Machine:
    gpu = Gpu(name="Test GPU", compute_capability="9.0", driver_bound=True)
    return Machine(os=OperatingSystem(family="linux"), driver=Driver(version="580.10"), gpus=(gpu,))
