"""How TensorFlow computes what a proof asks for; this file runs inside the environment under proof and imports nothing of drivetrain."""

# mypy: disable-error-code="import-not-found, import-untyped, no-any-return"
from __future__ import annotations

import os
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "1"
os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"
# Keras writes keras.json into its home when it is imported: the scratch folder that the proof runs in will do.
os.environ["KERAS_HOME"] = os.getcwd()  # noqa: PTH109
os.environ["KERAS_BACKEND"] = "tensorflow"


def load() -> dict[str, Any]:
    """Imports the framework and gives its version."""
    import tensorflow as tf

    tf.config.set_soft_device_placement(False)
    return {"version": tf.__version__}


def devices() -> dict[str, Any]:
    """Gives the devices that it sees, and whether this build can use a GPU at all."""
    import tensorflow as tf

    found = []
    for index, gpu in enumerate(tf.config.list_physical_devices("GPU")):
        tf.config.experimental.set_memory_growth(gpu, True)
        details = tf.config.experimental.get_device_details(gpu)
        capability = ".".join(str(part) for part in details.get("compute_capability", ())) or None
        kind = "cuda" if tf.test.is_built_with_cuda() else "gpu"
        found.append({"device": f"{kind}:{index}", "name": details.get("device_name", "GPU"), "compute_capability": capability})
    return {"devices": [*found, {"device": "cpu"}], "built_for_gpu": tf.test.is_built_with_cuda()}


def offers(device: str, number: str) -> bool:
    """Tells whether this release multiplies such numbers there: bfloat16 came to the GPU late."""
    from tensorflow.python.framework import kernels

    if device == "cpu" or number != "bf16":
        return True
    known = kernels.get_registered_kernels_for_op("MatMul").kernel
    return any(kernel.device_type == "GPU" and "BFLOAT16" in str(kernel.constraint) for kernel in known)


def matmul(device: str, number: str, left: Any, right: Any) -> Any:
    """Multiplies in that number format."""
    import tensorflow as tf

    _allow_tf32(number == "tf32")
    with tf.device(_place(device)):
        return _back(tf.linalg.matmul(_there(left, number), _there(right, number)), device)


def conv2d(device: str, number: str, images: Any, kernels: Any) -> Any:
    """Convolves NCHW images with OIHW kernels, stride 1, no padding; the CPU's kernels take NHWC only."""
    import tensorflow as tf

    _allow_tf32(False)
    with tf.device(_place(device)):
        here, filters = tf.transpose(_there(images, number), (0, 2, 3, 1)), tf.transpose(_there(kernels, number), (2, 3, 1, 0))
        result = tf.nn.conv2d(here, filters, strides=1, padding="VALID")
        return _back(tf.transpose(result, (0, 3, 1, 2)), device)


def train(device: str, inputs: Any, targets: Any, weights: Any, steps: int, rate: float) -> tuple[Any, Any]:
    """Gives the weights after some steps of gradient descent on mean((tanh(x w) - y)^2), and the loss before each step."""
    import tensorflow as tf

    _allow_tf32(False)
    losses = []
    with tf.device(_place(device)):
        here, wanted, model = _there(inputs, "fp32"), _there(targets, "fp32"), tf.Variable(_there(weights, "fp32"))
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((tf.tanh(tf.linalg.matmul(here, model)) - wanted) ** 2)
            model.assign_sub(rate * tape.gradient(loss, model))
            losses.append(float(loss))
        return _back(model.read_value(), device), losses


def cudnn() -> dict[str, Any]:
    """Gives the cuDNN that it was built against; it does not tell which one is loaded."""
    import tensorflow as tf

    return {"loaded": None, "built": tf.sysconfig.get_build_info().get("cudnn_version")}


def _allow_tf32(allowed: bool) -> None:
    import tensorflow as tf

    # Releases before 2.4 know no TF32.
    switch = getattr(tf.config.experimental, "enable_tensor_float_32_execution", None)
    if switch is not None:
        switch(allowed)


def _place(device: str) -> str:
    return "/device:CPU:0" if device == "cpu" else f"/device:GPU:{device.split(':')[1]}"


def _there(values: Any, number: str) -> Any:
    import tensorflow as tf

    kinds = {"fp16": tf.float16, "bf16": tf.bfloat16}
    return tf.cast(tf.constant(values, dtype=tf.float32), kinds.get(number, tf.float32))


def _back(result: Any, device: str) -> Any:
    import tensorflow as tf

    if not result.device.endswith(_place(device)):
        raise RuntimeError(f"asked for {device}, computed on {result.device}")
    return tf.cast(result, tf.float32).numpy()
