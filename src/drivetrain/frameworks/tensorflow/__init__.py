"""TensorFlow: one wheel for CPU and CUDA, whose extra `and-cuda` brings the CUDA libraries from 2.14 on."""

from __future__ import annotations

from drivetrain.frameworks.tensorflow.openings import OPENINGS
from drivetrain.model.build import Bundle, Framework, OsRule, Served

_CU11 = Bundle(
    before="2.14",
    since="2.5",
    family=11,
    libraries=(
        ("nvidia-cuda-runtime-cu11", "cuda"),
        ("nvidia-cublas-cu11", ""),
        ("nvidia-cufft-cu11", ""),
        ("nvidia-curand-cu11", ""),
        ("nvidia-cusolver-cu11", ""),
        ("nvidia-cusparse-cu11", ""),
        ("nvidia-cuda-cupti-cu11", "cuda"),
        ("nvidia-cudnn-cu11", "cudnn"),
    ),
    loader_paths=(
        "nvidia/cuda_runtime/lib",
        "nvidia/cublas/lib",
        "nvidia/cufft/lib",
        "nvidia/curand/lib",
        "nvidia/cusolver/lib",
        "nvidia/cusparse/lib",
        "nvidia/cuda_cupti/lib",
        "nvidia/cudnn/lib",
    ),
    sources=(
        "https://www.tensorflow.org/install/source#gpu",
        "https://github.com/tensorflow/tensorflow/blob/v2.13.0/third_party/xla/third_party/tsl/tsl/platform/default/dso_loader.cc",
    ),
)

_CU110 = Bundle(
    before="2.5",
    family=11,
    # 2.4 loads libcusolver.so.10, which CUDA 11.0 alone has: no wheel of it exists.
    libraries=(("cudatoolkit", "release"), ("cudnn", "cudnn")),
    loader_paths=(),
    sources=(
        "https://www.tensorflow.org/install/source#gpu",
        "https://github.com/tensorflow/tensorflow/blob/v2.4.1/tensorflow/stream_executor/platform/default/dso_loader.cc",
    ),
)

_WINDOWS = Bundle(
    before="2.11",
    os="windows",
    family=11,
    libraries=(("cudatoolkit", "cuda"), ("cudnn", "cudnn")),
    loader_paths=(),
    sources=("https://www.tensorflow.org/install/pip#windows-native",),
)

FRAMEWORK = Framework(
    name="tensorflow",
    distribution="tensorflow",
    title="TensorFlow",
    import_name="tensorflow",
    companions=("keras", "tf-keras"),
    renamed=(("tensorflow-gpu", "tensorflow"),),
    parts=(("tensorflow-intel", "windows"), ("tensorflow-macos", "macos")),
    borrows=("jax",),
    cpu_twins=("tensorflow-cpu",),
    nightly="tf-nightly",
    # Keras 3 takes TensorFlow where KERAS_BACKEND and keras.json say nothing: https://keras.io/getting_started/#configuring-your-backend
    serves=(
        Served(name="keras", by_default=True, variable=("KERAS_BACKEND", "tensorflow"), is_choice=True),
        Served(name="tensorflow-probability", by_default=True, extra="tf"),
        Served(name="tensorflow-addons", by_default=True),
        Served(name="tensorflow-metal", by_default=True, gpus="Apple"),
        Served(name="tensorflow-directml", gpus="DirectX 12"),
        Served(name="tensorflow-directml-plugin", gpus="DirectX 12"),
    ),
    extras=((11, "and-cuda"), (12, "and-cuda")),
    # TF-TRT says that TensorRT was not found, and all else works; from 2.15.0.post1 on the extra no longer asks for it.
    dispensable=("tensorrt", "tensorrt-bindings", "tensorrt-libs"),
    libraries=("libtensorflow_cc.so.2", "_pywrap_tensorflow_internal.so"),
    bundles=(_CU11, _CU110, _WINDOWS),
    processor=(("", "avx", "https://www.tensorflow.org/install/pip#hardware-requirements"),),
    os_rules=(
        OsRule(
            os="windows",
            since="2.11",
            cause="tf-windows-native-gpu-dropped",
            sources=("https://www.tensorflow.org/install/pip#windows-native",),
        ),
        OsRule(
            os="macos",
            cause="platform-without-build",
            sources=("https://www.tensorflow.org/install/pip#macos",),
        ),
    ),
    openings=OPENINGS,
    sources=("https://www.tensorflow.org/install/source#gpu",),
)
