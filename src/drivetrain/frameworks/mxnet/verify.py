"""How MXNet computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
from __future__ import annotations

from typing import Any


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import mxnet

    return {"version": mxnet.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees, and whether this build can use a GPU at all."""
    import mxnet

    built = bool(mxnet.runtime.Features().is_enabled("CUDA"))
    count = mxnet.context.num_gpus() if built else 0
    found = [{"device": f"cuda:{index}", "name": f"GPU {index}", "compute_capability": None} for index in range(count)]
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": built}


def offers(device: str, number: str) -> bool:
    """Tells whether it computes in that format there: float16 on a GPU alone, no TF32 switch and no bfloat16."""
    return number == "fp32" or (number == "fp16" and device.startswith("cuda"))


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    import mxnet

    return _back(mxnet.nd.dot(_there(left, device, number), _there(right, device, number)))


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding; on a GPU by cuDNN or not at all."""
    import mxnet

    if device.startswith("cuda") and not mxnet.runtime.Features().is_enabled("CUDNN"):
        raise RuntimeError("MXNet was built without cuDNN")
    here, filters = _there(images, device, number), _there(kernels, device, number)
    made = mxnet.nd.Convolution(here, filters, no_bias=True, kernel=tuple(filters.shape[2:]), num_filter=filters.shape[0])
    return _back(made)


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step."""
    import mxnet

    here, wanted, model = (_there(each, device, "fp32") for each in (inputs, targets, weights))
    losses = []
    for _ in range(steps):
        model.attach_grad()
        with mxnet.autograd.record():
            loss = mxnet.nd.mean((mxnet.nd.tanh(mxnet.nd.dot(here, model)) - wanted) ** 2)
        loss.backward()
        losses.append(float(loss.asscalar()))
        model = model - rate * model.grad
    return _back(model), losses


def cudnn() -> dict[str, Any]:
    """Says nothing of its own; the caller asks the library that is mapped."""
    return {"loaded": None, "built": None}


def _there(values: Any, device: str, number: str) -> Any:
    import mxnet

    place = mxnet.gpu(int(device.split(":")[1])) if device.startswith("cuda") else mxnet.cpu()
    return mxnet.nd.array(values, ctx=place, dtype="float16" if number == "fp16" else "float32")


def _back(values: Any) -> Any:
    return values.astype("float32").asnumpy()
