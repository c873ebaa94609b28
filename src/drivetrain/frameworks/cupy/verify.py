"""How CuPy computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
from __future__ import annotations

from typing import Any

LACKS = ("conv2d-cudnn-fp16", "cudnn-version")
"""CuPy does not convolve with cuDNN: its convolution here is a kernel of our own, which NVRTC compiles."""

_CONV2D = """
long columns = wide - side + 1, rows = high - side + 1;
long column = i % columns, row = i / columns % rows, made = i / (columns * rows) % outputs, image = i / (columns * rows * outputs);
float total = 0;
for (long channel = 0; channel < channels; channel++)
    for (long down = 0; down < side; down++)
        for (long right = 0; right < side; right++)
            total += images[((image * channels + channel) * high + row + down) * wide + column + right]
                   * kernels[((made * channels + channel) * side + down) * side + right];
result = total;
"""
"""Body of an element-wise kernel of 3 x 3 kernels over NCHW images, stride 1, no padding."""


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import cupy

    return {"version": cupy.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees; it has no build for the CPU."""
    import cupy

    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError:
        count = 0
    found = []
    for index in range(count):
        facts = cupy.cuda.runtime.getDeviceProperties(index)
        name = facts["name"].decode() if isinstance(facts["name"], bytes) else facts["name"]
        found.append({"device": f"cuda:{index}", "name": name, "compute_capability": f"{facts['major']}.{facts['minor']}"})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": True}


def offers(device: str, number: str) -> bool:
    """Tells whether it computes in that format there: nothing on the CPU, and no bfloat16."""
    return device.startswith("cuda") and number != "bf16"


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    import cupy

    with _on(device):
        _allow_tf32(number == "tf32")
        return cupy.asnumpy(cupy.matmul(_there(left, number), _there(right, number)).astype("float32"))


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels by a kernel that is compiled on the spot."""
    import cupy

    with _on(device):
        here, filters = _there(images, number).astype("float32"), _there(kernels, number).astype("float32")
        count, channels, high, wide = here.shape
        outputs, _, side, _ = filters.shape
        kernel = cupy.ElementwiseKernel(
            "raw float32 images, raw float32 kernels, int64 channels, int64 high, int64 wide, int64 side, int64 outputs",
            "float32 result",
            _CONV2D,
            "drivetrain_conv2d",
        )
        result = cupy.empty((count, outputs, high - side + 1, wide - side + 1), dtype="float32")
        return cupy.asnumpy(kernel(here, filters, channels, high, wide, side, outputs, result))


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step; the gradient is written out."""
    import cupy

    with _on(device):
        _allow_tf32(False)
        here, wanted, model = (_there(each, "fp32") for each in (inputs, targets, weights))
        losses = []
        for _ in range(steps):
            guess = cupy.tanh(here @ model)
            losses.append(float(((guess - wanted) ** 2).mean()))
            model = model - rate * (here.T @ ((guess - wanted) * (1 - guess**2)) * (2 / guess.size))
        return cupy.asnumpy(model), losses


def cudnn() -> dict[str, Any]:
    """It is not asked for: `LACKS` names the check."""
    return {"loaded": None, "built": None}


def _on(device: str) -> Any:
    import cupy

    if not device.startswith("cuda"):
        raise RuntimeError("CuPy computes on a GPU alone")
    return cupy.cuda.Device(int(device.split(":")[1]))


def _allow_tf32(allowed: bool) -> None:
    """Lets products of float32 take TF32 or forbids it."""
    from cupy import _core

    if hasattr(_core, "set_compute_type"):
        import cupy

        _core.set_compute_type(cupy.float32, _core.COMPUTE_TYPE_TF32 if allowed else _core.COMPUTE_TYPE_FP32)


def _there(values: Any, number: str) -> Any:
    import cupy

    return cupy.asarray(values, dtype="float16" if number == "fp16" else "float32")
