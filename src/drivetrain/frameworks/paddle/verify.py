"""How PaddlePaddle computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
from __future__ import annotations

from typing import Any


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import paddle

    return {"version": paddle.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees, and whether this build can use a GPU at all."""
    import paddle

    built = paddle.is_compiled_with_cuda()
    found = []
    for index in range(paddle.device.cuda.device_count() if built else 0):
        major, minor = paddle.device.cuda.get_device_capability(index)
        found.append({"device": f"cuda:{index}", "name": paddle.device.cuda.get_device_name(index), "compute_capability": f"{major}.{minor}"})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": built}


def offers(device: str, number: str) -> bool:
    """Tells whether it computes in that format there; the CPU has float32 alone."""
    return number == "fp32" or device.startswith("cuda")


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    import paddle

    _allow_tf32(number == "tf32")
    return _back(paddle.matmul(_there(left, device, number), _there(right, device, number)))


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding."""
    import paddle

    _allow_tf32(False)
    return _back(paddle.nn.functional.conv2d(_there(images, device, number), _there(kernels, device, number)))


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step."""
    import paddle

    _allow_tf32(False)
    here, wanted, model = (_there(each, device, "fp32") for each in (inputs, targets, weights))
    losses = []
    for _ in range(steps):
        model.stop_gradient = False
        loss = ((paddle.tanh(paddle.matmul(here, model)) - wanted) ** 2).mean()
        loss.backward()
        losses.append(float(loss))
        model = (model - rate * model.grad).detach()
    return _back(model), losses


def cudnn() -> dict[str, Any]:
    """Gives the cuDNN that is loaded and the one that it was built against."""
    import paddle

    loaded = paddle.get_cudnn_version()
    built = getattr(paddle.version, "cudnn", lambda: None)()
    return {"loaded": loaded, "built": built if isinstance(built, str) and built[:1].isdigit() else None}


def _allow_tf32(allowed: bool) -> None:
    """Lets cuBLAS and cuDNN take TF32 or forbids it, where this build has the switches."""
    import paddle

    inner = getattr(getattr(paddle, "base", None) or getattr(paddle, "fluid", None), "core", None)
    for name in ("set_cublas_switch", "set_cudnn_switch"):
        if hasattr(inner, name):
            getattr(inner, name)(allowed)


def _there(values: Any, device: str, number: str) -> Any:
    import paddle

    place = paddle.CUDAPlace(int(device.split(":")[1])) if device.startswith("cuda") else paddle.CPUPlace()
    made = paddle.to_tensor(values, dtype="float32", place=place)
    return made.astype({"fp16": "float16", "bf16": "bfloat16"}[number]) if number in ("fp16", "bf16") else made


def _back(values: Any) -> Any:
    return values.astype("float32").numpy()
