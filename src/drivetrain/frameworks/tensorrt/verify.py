"""How TensorRT computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain.

Memory on the GPU is reached through the CUDA runtime that TensorRT itself has loaded, since TensorRT's Python has none of its own.
"""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

LACKS = ("gradient", "matmul-bf16")
"""It runs engines and trains none; 8.x knows no bfloat16."""
_TO_DEVICE, _TO_HOST = 1, 2


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import tensorrt

    return {"version": tensorrt.__version__}


def devices() -> dict[str, Any]:
    """Gives the GPUs that the CUDA runtime shows; there is no build for the CPU."""
    runtime = _runtime()
    count = ctypes.c_int(0)
    found = []
    if runtime is not None and runtime.cudaGetDeviceCount(ctypes.byref(count)) == 0:
        for index in range(count.value):
            major, minor = ctypes.c_int(0), ctypes.c_int(0)
            # cudaDevAttrComputeCapabilityMajor and Minor.
            runtime.cudaDeviceGetAttribute(ctypes.byref(major), 75, index)
            runtime.cudaDeviceGetAttribute(ctypes.byref(minor), 76, index)
            found.append({"device": f"cuda:{index}", "name": f"GPU {index}", "compute_capability": f"{major.value}.{minor.value}"})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": True}


def offers(device: str, number: str) -> bool:
    """Tells whether it computes in that format there: nothing on the CPU, and no bfloat16."""
    return device.startswith("cuda") and number != "bf16"


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies by an engine of one layer."""
    import tensorrt

    none = tensorrt.MatrixOperation.NONE

    def product(network: Any, one: Any, other: Any) -> Any:
        return network.add_matrix_multiply(one, none, other, none)

    return _run(device, number, product, left, right)


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding."""
    import tensorrt

    shape, weights = _flat(kernels)

    def convolution(network: Any, one: Any) -> Any:
        held = tensorrt.Weights(tensorrt.float32, ctypes.addressof(weights), len(weights))
        return network.add_convolution_nd(one, shape[0], shape[2:], held, tensorrt.Weights())

    return _run(device, number, convolution, images)


def train(*_: Any) -> Any:
    """It is not asked for: `LACKS` names the check."""
    raise NotImplementedError


def cudnn() -> dict[str, Any]:
    """Says nothing of its own; the caller asks the library that is mapped."""
    return {"loaded": None, "built": None}


def _run(device: str, number: str, layer_of: Any, *feeds: Any) -> Any:
    """Builds an engine for these inputs and runs it once."""
    import tensorrt

    runtime = _runtime()
    if runtime is None or not device.startswith("cuda") or runtime.cudaSetDevice(int(device.split(":")[1])):
        raise RuntimeError("TensorRT computes on a GPU alone")
    logger = tensorrt.Logger(tensorrt.Logger.ERROR)
    builder = tensorrt.Builder(logger)
    network = builder.create_network(1 << int(tensorrt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH))
    settings = builder.create_builder_config()
    _choose_format(settings, number)
    arrays = [_flat(feed) for feed in feeds]
    made = layer_of(network, *(network.add_input(f"x{place}", tensorrt.float32, shape) for place, (shape, _) in enumerate(arrays))).get_output(0)
    shape = tuple(made.shape)
    network.mark_output(made)
    plan = builder.build_serialized_network(network, settings)
    if plan is None:
        raise RuntimeError("TensorRT could not build an engine: see its log")
    engine = tensorrt.Runtime(logger).deserialize_cuda_engine(plan)
    result = (ctypes.c_float * _size(shape))()
    _execute(runtime, engine.create_execution_context(), [*(values for _, values in arrays), result])
    return _nested(list(result), shape)


def _choose_format(settings: Any, number: str) -> None:
    import tensorrt

    if number == "fp16":
        settings.set_flag(tensorrt.BuilderFlag.FP16)
    if number != "tf32":
        settings.clear_flag(tensorrt.BuilderFlag.TF32)


def _execute(runtime: Any, context: Any, buffers: list[Any]) -> None:
    """Copies the inputs to the GPU, runs the engine and copies the last buffer, its output, back."""
    pointers: list[Any] = []
    try:
        for buffer in buffers:
            pointer = ctypes.c_void_p()
            _checked(runtime.cudaMalloc(ctypes.byref(pointer), ctypes.c_size_t(ctypes.sizeof(buffer))))
            pointers.append(pointer)
            _checked(runtime.cudaMemcpy(pointer, ctypes.byref(buffer), ctypes.c_size_t(ctypes.sizeof(buffer)), _TO_DEVICE))
        if not context.execute_v2([pointer.value for pointer in pointers]):
            raise RuntimeError("TensorRT could not run its engine: see its log")
        _checked(runtime.cudaMemcpy(ctypes.byref(buffers[-1]), pointers[-1], ctypes.c_size_t(ctypes.sizeof(buffers[-1])), _TO_HOST))
    finally:
        for pointer in pointers:
            runtime.cudaFree(pointer)


def _flat(values: Any) -> tuple[tuple[int, ...], Any]:
    """Gives the shape of an array or of nested lists, and its numbers in one buffer of C floats."""
    level: Any = values.tolist() if hasattr(values, "tolist") else values
    shape = []
    while isinstance(level, list):
        shape.append(len(level))
        level = level[0]
    numbers: Any = values.tolist() if hasattr(values, "tolist") else values
    for _ in shape[1:]:
        numbers = [each for part in numbers for each in part]
    return tuple(shape), (ctypes.c_float * len(numbers))(*numbers)


def _nested(numbers: list[Any], shape: tuple[int, ...]) -> Any:
    for length in reversed(shape[1:]):
        numbers = [numbers[place : place + length] for place in range(0, len(numbers), length)]
    return numbers


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _checked(code: int) -> None:
    if code:
        raise RuntimeError(f"the CUDA runtime answered with error {code}")


def _runtime() -> Any:
    """Gives the CUDA runtime that is mapped into this process, or the one that the loader finds."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    mapped = [line[line.index("/") :] for line in lines if "/libcudart" in line]
    for name in (*mapped, "libcudart.so.12", "libcudart.so.11.0"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None
