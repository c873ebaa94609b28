"""How PyTorch computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, no-any-return"
from __future__ import annotations

from typing import Any


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import torch

    return {"version": torch.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees, and whether this build can use a GPU at all."""
    import torch

    found = []
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        major, minor = torch.cuda.get_device_capability(index)
        found.append({"device": f"cuda:{index}", "name": torch.cuda.get_device_name(index), "compute_capability": f"{major}.{minor}"})
    if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        found.append({"device": "mps:0", "name": "Apple GPU"})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": torch.version.cuda is not None}


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    _allow_tf32(number == "tf32")
    return _back(_there(left, device, number) @ _there(right, device, number), device)


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding; fp16 on an NVIDIA GPU by cuDNN or not at all."""
    import torch

    _allow_tf32(False)
    there = _there(images, device, number)
    if device.startswith("cuda") and not torch.backends.cudnn.is_acceptable(there):
        raise RuntimeError("PyTorch does not use cuDNN here: torch.backends.cudnn.is_acceptable is False")
    with torch.no_grad():
        return _back(torch.nn.functional.conv2d(there, _there(kernels, device, number)), device)


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of SGD on mean((tanh(x w) - y)^2), and the loss before each step."""
    import torch

    _allow_tf32(False)
    here, wanted = _there(inputs, device, "fp32"), _there(targets, device, "fp32")
    model = _there(weights, device, "fp32").requires_grad_()
    optimizer = torch.optim.SGD([model], lr=rate)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((torch.tanh(here @ model) - wanted) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return _back(model.detach(), device), losses


def cudnn() -> dict[str, Any]:
    """Gives the cuDNN that is loaded and the one that it was built against."""
    import torch

    inner = getattr(torch._C, "_cudnn", None)
    # Not torch.backends.cudnn.version(): it raises where the loaded one is older, and the caller wants both numbers then.
    built = None if inner is None else ".".join(str(part) for part in inner.getCompileVersion())
    return {"loaded": torch.backends.cudnn.version() if inner is None else inner.getVersionInt(), "built": built}


def _allow_tf32(allowed: bool) -> None:
    """Lets products take TF32 or forbids it; convolutions never may."""
    import torch

    if hasattr(torch, "set_float32_matmul_precision"):
        torch.set_float32_matmul_precision("high" if allowed else "highest")
    else:  # before 1.12
        torch.backends.cuda.matmul.allow_tf32 = allowed
    # The old switch first: it sets convolution and RNN alike, and PyTorch refuses to answer where the two differ.
    if hasattr(torch.backends.cudnn, "allow_tf32"):
        torch.backends.cudnn.allow_tf32 = False
    else:
        torch.backends.cudnn.conv.fp32_precision = "ieee"


def _there(values: Any, device: str, number: str) -> Any:
    import torch

    kinds = {"fp16": torch.float16, "bf16": torch.bfloat16}
    return torch.tensor(values, dtype=torch.float32, device=device).to(kinds.get(number, torch.float32))


def _back(result: Any, device: str) -> Any:
    if str(result.device) not in (device, device.split(":")[0]):
        raise RuntimeError(f"asked for {device}, computed on {result.device}")
    return result.float().cpu()
