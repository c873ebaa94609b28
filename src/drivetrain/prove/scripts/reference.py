"""Inputs, and what a framework must make of them: computed in float64 by NumPy, or by Python's own floats where NumPy is not installed."""

from __future__ import annotations

import ctypes
import importlib
import math
import random
from typing import Any

SEED = 20261124
STEPS = 3
RATE = 4.0


def reference() -> Any:
    """Gives NumPy's reference, or the plain one in an environment without NumPy (PyTorch alone does not need it)."""
    try:
        return Numpy(importlib.import_module("numpy"))
    except ModuleNotFoundError:
        return Plain()


class Numpy:
    """Inputs and references by NumPy."""

    is_large = True

    def __init__(self, numpy: Any) -> None:
        self.numpy = numpy
        self.source = numpy.random.RandomState(SEED)

    def draw(self, *shape: int, scale: float = 1.0) -> Any:
        """Gives float32 numbers, normally distributed."""
        return (self.source.standard_normal(shape) * scale).astype("float32")

    def matmul(self, left: Any, right: Any) -> Any:
        return left.astype("float64") @ right.astype("float64")

    def conv2d(self, images: Any, kernels: Any) -> Any:
        """Convolves NCHW images with OIHW kernels, stride 1, no padding."""
        images, kernels = images.astype("float64"), kernels.astype("float64")
        high, wide = images.shape[2] - kernels.shape[2] + 1, images.shape[3] - kernels.shape[3] + 1
        total: Any = 0
        for down in range(kernels.shape[2]):
            for right in range(kernels.shape[3]):
                window = images[:, :, down : down + high, right : right + wide]
                total = total + self.numpy.tensordot(kernels[:, :, down, right], window, axes=(1, 1))
        return total.transpose(1, 0, 2, 3)

    def train(self, inputs: Any, targets: Any, weights: Any) -> tuple[Any, Any]:
        """Gives the weights after STEPS steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step."""
        inputs, targets, weights = inputs.astype("float64"), targets.astype("float64"), weights.astype("float64")
        losses = []
        for _ in range(STEPS):
            guess = self.numpy.tanh(inputs @ weights)
            losses.append(((guess - targets) ** 2).mean())
            weights = weights - RATE * (inputs.T @ ((guess - targets) * (1 - guess**2)) * (2 / guess.size))
        return weights, self.numpy.asarray(losses)

    def deviation(self, result: Any, wanted: Any) -> float | None:
        """Gives the largest deviation over the largest reference value; None where a result is infinite or not a number."""
        mine = self.numpy.asarray(result, dtype="float64")
        if mine.shape != wanted.shape:
            raise ValueError(f"the result has shape {mine.shape}, not {wanted.shape}")
        error = float(abs(mine - wanted).max() / abs(wanted).max())
        return error if math.isfinite(error) else None


class Plain:
    """The same by Python's own floats, on nested lists; for small inputs."""

    is_large = False

    def __init__(self) -> None:
        self.source = random.Random(SEED)

    def draw(self, *shape: int, scale: float = 1.0) -> Any:
        if not shape:
            # Rounded to float32 here, so that the reference starts from the very numbers that the framework gets.
            return ctypes.c_float(self.source.gauss(0, scale)).value
        return [self.draw(*shape[1:], scale=scale) for _ in range(shape[0])]

    def matmul(self, left: Any, right: Any) -> Any:
        columns = _turned(right)
        return [[math.fsum(map(float.__mul__, row, column)) for column in columns] for row in left]

    def conv2d(self, images: Any, kernels: Any) -> Any:
        high, wide = len(images[0][0]) - len(kernels[0][0]) + 1, len(images[0][0][0]) - len(kernels[0][0][0]) + 1
        return [[[[_window(image, kernel, y, x) for x in range(wide)] for y in range(high)] for kernel in kernels] for image in images]

    def train(self, inputs: Any, targets: Any, weights: Any) -> tuple[Any, Any]:
        losses = []
        rows, columns = range(len(targets)), range(len(targets[0]))
        size = len(rows) * len(columns)
        for _ in range(STEPS):
            guess = [[math.tanh(value) for value in row] for row in self.matmul(inputs, weights)]
            losses.append(math.fsum((guess[row][column] - targets[row][column]) ** 2 for row in rows for column in columns) / size)
            slopes = [[(guess[row][column] - targets[row][column]) * (1 - guess[row][column] ** 2) * 2 / size for column in columns] for row in rows]
            gradient = self.matmul(_turned(inputs), slopes)
            weights = [[weights[row][column] - RATE * gradient[row][column] for column in columns] for row in range(len(weights))]
        return weights, losses

    def deviation(self, result: Any, wanted: Any) -> float | None:
        mine, theirs = _flat(result.tolist() if hasattr(result, "tolist") else result), _flat(wanted)
        if len(mine) != len(theirs):
            raise ValueError(f"the result has {len(mine)} numbers, not {len(theirs)}")
        error = max(abs(mine[place] - theirs[place]) for place in range(len(mine))) / max(map(abs, theirs))
        return error if all(map(math.isfinite, mine)) else None


def _window(image: Any, kernel: Any, top: int, left: int) -> float:
    high, wide = range(len(kernel[0])), range(len(kernel[0][0]))
    return math.fsum(image[channel][top + y][left + x] * kernel[channel][y][x] for channel in range(len(kernel)) for y in high for x in wide)


def _turned(rows: Any) -> list[list[float]]:
    return [[row[column] for row in rows] for column in range(len(rows[0]))]


def _flat(value: Any) -> list[float]:
    return [number for each in value for number in _flat(each)] if isinstance(value, list) else [float(value)]
