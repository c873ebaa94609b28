"""How JAX computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return"
from __future__ import annotations

import importlib.util
import os
from typing import Any

os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "1"

PLUGINS = ("jax_cuda13_plugin", "jax_cuda12_plugin", "jaxlib.cuda._versions")
"""What a CUDA installation of JAX holds; jaxlib.cuda in releases before the plugins."""


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import jax
    import jax.numpy

    return {"version": jax.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees, and whether this installation can use a GPU at all."""
    import jax

    found = []
    for device in jax.local_devices():
        if device.platform != "cpu":
            kind = "cuda" if device.platform in ("gpu", "cuda") else device.platform
            found.append({"device": f"{kind}:{device.id}", "name": device.device_kind, "compute_capability": getattr(device, "compute_capability", None)})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": any(_is_there(each) for each in PLUGINS)}


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format; JAX takes TF32 unless it is asked for the highest precision."""
    import jax

    precision = jax.lax.Precision.DEFAULT if number == "tf32" else jax.lax.Precision.HIGHEST
    return _back(jax.numpy.matmul(_there(left, device, number), _there(right, device, number), precision=precision), device)


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding."""
    import jax

    there = _there(images, device, number), _there(kernels, device, number)
    return _back(jax.lax.conv_general_dilated(*there, (1, 1), "VALID", precision=jax.lax.Precision.HIGHEST), device)


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step."""
    import jax

    def loss_of(model: Any, here: Any, wanted: Any) -> Any:
        guess = jax.numpy.tanh(jax.numpy.matmul(here, model, precision=jax.lax.Precision.HIGHEST))
        return jax.numpy.mean((guess - wanted) ** 2)

    step = jax.jit(jax.value_and_grad(loss_of))
    here, wanted, model = (_there(each, device, "fp32") for each in (inputs, targets, weights))
    losses = []
    for _ in range(steps):
        loss, gradient = step(model, here, wanted)
        model = model - rate * gradient
        losses.append(float(loss))
    return _back(model, device), losses


def cudnn() -> dict[str, Any]:
    """Gives the cuDNN that is loaded and the one that it was built against."""
    from jax._src import lib

    versions = getattr(lib, "cuda_versions", None)
    if versions is None:
        return {"loaded": None, "built": None}
    return {"loaded": versions.cudnn_get_version(), "built": versions.cudnn_build_version()}


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _device(name: str) -> Any:
    import jax

    kind, _, index = name.partition(":")
    if kind == "cpu":
        return jax.local_devices(backend="cpu")[0]
    return next(device for device in jax.local_devices() if device.platform != "cpu" and device.id == int(index))


def _there(values: Any, device: str, number: str) -> Any:
    import jax

    kinds = {"fp16": jax.numpy.float16, "bf16": jax.numpy.bfloat16}
    return jax.device_put(values, _device(device)).astype(kinds.get(number, jax.numpy.float32))


def _back(result: Any, device: str) -> Any:
    import jax

    # A method since 0.4.9 or so; `device()` before.
    places = result.devices() if hasattr(result, "devices") else {result.device()}
    if _device(device) not in places:
        raise RuntimeError(f"asked for {device}, computed on {sorted(map(str, places))}")
    return jax.device_get(result.astype(jax.numpy.float32))
