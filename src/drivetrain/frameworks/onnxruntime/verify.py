"""How ONNX Runtime computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain.

It runs models of one operator that are written here byte by byte, since `onnx` need not be there; source: onnx.proto (IR version 8, operators of set 13)
and Protocol Buffers' encoding.
"""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
from __future__ import annotations

import ctypes
import sys
from typing import Any

LACKS = ("gradient", "matmul-bf16")
"""It runs models and trains none; a feed in bfloat16 needs more than NumPy."""
CUDA = "CUDAExecutionProvider"
_FLOAT, _FLOAT16 = 1, 10


def load() -> dict[str, Any]:
    """Imports the framework and gives its version; on Windows its CUDA libraries are loaded from the wheels beside it, as a program must do there."""
    import onnxruntime

    if sys.platform == "win32" and hasattr(onnxruntime, "preload_dlls") and CUDA in onnxruntime.get_available_providers():
        onnxruntime.preload_dlls()
    return {"version": onnxruntime.__version__}


def devices() -> dict[str, Any]:
    """Gives the GPUs that CUDA shows to a build which can use them, and whether this build can."""
    import onnxruntime

    built = CUDA in onnxruntime.get_available_providers()
    return {"devices": [*(_gpus() if built else []), {"device": "cpu"}], "built_for_gpu": built}


def offers(device: str, number: str) -> bool:
    """Tells whether it computes in that format there; the CPU has float32 alone."""
    return number == "fp32" or (device.startswith("cuda") and number != "bf16")


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    return _run(device, number, "MatMul", left, right)


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding."""
    return _run(device, number, "Conv", images, kernels)


def train(*_: Any) -> Any:
    """It is not asked for: `LACKS` names the check."""
    raise NotImplementedError


def cudnn() -> dict[str, Any]:
    """Says nothing of its own; the caller asks the library that is mapped."""
    return {"loaded": None, "built": None}


def _run(device: str, number: str, operator: str, *feeds: Any) -> Any:
    import onnxruntime

    kind, name = (_FLOAT16, "float16") if number == "fp16" else (_FLOAT, "float32")
    providers: list[Any] = ["CPUExecutionProvider"]
    if device.startswith("cuda"):
        providers = [(CUDA, {"device_id": device.split(":")[1], "use_tf32": "1" if number == "tf32" else "0"})]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(_model(operator, kind, len(feeds)), options, providers=providers)
    if device.startswith("cuda") and CUDA not in session.get_providers():
        # It goes on with the CPU, and says so in its log alone.
        raise RuntimeError("ONNX Runtime could not load its CUDA provider and computes on the CPU")
    # It requires NumPy, so what comes from the caller are NumPy's arrays.
    given = {f"x{place}": feed.astype(name) for place, feed in enumerate(feeds)}
    return session.run(["y"], given)[0].astype("float32")


def _model(operator: str, kind: int, count: int) -> bytes:
    """Gives a ModelProto of one node with inputs x0, x1 of any shape and the output y."""
    names = [f"x{place}" for place in range(count)]
    node = b"".join(_text(1, name) for name in names) + _text(2, "y") + _text(4, operator)
    graph = _message(1, node) + _text(2, "g") + b"".join(_message(11, _value(name, kind)) for name in names) + _message(12, _value("y", kind))
    return _number(1, 8) + _message(7, graph) + _message(8, _text(1, "") + _number(2, 13))


def _value(name: str, kind: int) -> bytes:
    """Gives a ValueInfoProto of a tensor whose shape is left open."""
    return _text(1, name) + _message(2, _message(1, _number(1, kind)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _gpus() -> list[dict[str, Any]]:
    """Asks the driver, since ONNX Runtime lists no devices; source: CUDA Driver API, device management."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return []
    count = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return []
    found = []
    for index in range(count.value):
        device, major, minor, name = ctypes.c_int(0), ctypes.c_int(0), ctypes.c_int(0), ctypes.create_string_buffer(256)
        driver.cuDeviceGet(ctypes.byref(device), index)
        driver.cuDeviceGetName(name, 256, device)
        # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR.
        driver.cuDeviceGetAttribute(ctypes.byref(major), 75, device)
        driver.cuDeviceGetAttribute(ctypes.byref(minor), 76, device)
        found.append({"device": f"cuda:{index}", "name": name.value.decode(), "compute_capability": f"{major.value}.{minor.value}"})
    return found
