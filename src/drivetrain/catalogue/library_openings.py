"""What NVIDIA's libraries open by name when they are used, which no linkage of theirs states."""

from __future__ import annotations

from drivetrain.model.opening import LibraryOpening

_CUDNN_9 = (
    "LD_DEBUG=libs and the strings of libcudnn.so.9 and libcudnn_graph.so.9 of nvidia-cudnn-cu12 9.28.0.42, read on 2026-11-24",
    "https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/overview.html",
)
_CUDNN_8 = ("https://docs.nvidia.com/deeplearning/cudnn/archives/cudnn-897/api/index.html#cudnn-libraries",)
_STRINGS = ("strings of the libraries of nvidia-cuda-nvrtc-cu12 12.9.86, nvidia-cublas-cu12 12.9.3.13, nvidia-cuda-runtime-cu12 12.9.79, read on 2026-11-24",)

DRIVER = "libcuda.so.1"

OPENINGS = (
    LibraryOpening(
        library="libcudnn.so.9",
        sonames=("libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9"),
        sources=_CUDNN_9,
    ),
    LibraryOpening(
        library="libcudnn_graph.so.9",
        sonames=("libcudnn_engines_precompiled.so.9", "libcudnn_engines_runtime_compiled.so.9", "libcudnn_heuristic.so.9"),
        sources=_CUDNN_9,
    ),
    LibraryOpening(
        library="libcudnn.so.8",
        sonames=(
            *("libcudnn_ops_infer.so.8", "libcudnn_cnn_infer.so.8", "libcudnn_adv_infer.so.8"),
            *("libcudnn_ops_train.so.8", "libcudnn_cnn_train.so.8", "libcudnn_adv_train.so.8"),
        ),
        sources=_CUDNN_8,
    ),
    LibraryOpening(library="libnvrtc.so.*", sonames=("libnvrtc-builtins.so.*",), optional=True, sources=_STRINGS),
    LibraryOpening(library="libcudart.so.*", sonames=(DRIVER,), optional=True, sources=_STRINGS),
    LibraryOpening(library="libcublasLt.so.*", sonames=(DRIVER,), optional=True, sources=_STRINGS),
)
"""What is missing of an optional one is judged by rules of its own: the driver is no part of an environment."""
