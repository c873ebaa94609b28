"""Which CUDA family and CUDA version a wheel belongs to: a fact of the catalogue, not the suffix of its name."""

from __future__ import annotations

import re

_SUFFIX = re.compile(r"(?:-cu|cuda)(\d{2})(?:x|-plugin|-pjrt)?$")
_TOOLKIT_NUMBERED = ("cuda-toolkit", "cuda-bindings", "nvidia-cuda-runtime", "nvidia-cuda-nvrtc", "nvidia-cuda-nvcc", "nvidia-cuda-cupti")
"""Distributions without a suffix whose own major version is CUDA's; source: their METADATA on the package index."""
_UNSUFFIXED_FAMILY = 13
"""The other CUDA components without a suffix (nvidia-cublas, nvidia-cufft, ...) began with CUDA 13; source: cuda-toolkit 13.x METADATA."""
_UNSUFFIXED = (
    *("nvidia-cublas", "nvidia-cufft", "nvidia-cufile", "nvidia-curand", "nvidia-cusolver", "nvidia-cusparse", "nvidia-nvjitlink", "nvidia-nvtx"),
    *("nvidia-nvvm", "nvidia-cuda-crt", "nvidia-cuda-cccl", "nvidia-nvfatbin", "nvidia-npp", "nvidia-nvjpeg", "nvidia-cuda-opencl"),
)
OWN_NUMBERS = ("nvidia-cufft", "nvidia-cufile", "nvidia-curand", "nvidia-cusolver", "nvidia-cusparse")
"""Those of them whose own major version is not CUDA's: cuFFT of CUDA 13 is 12. Only the cuda-toolkit metapackage says which CUDA they are of."""
_RUNTIMES = ("nvidia-cuda-runtime-cu11", "nvidia-cuda-runtime-cu12", "nvidia-cuda-runtime", "cudatoolkit", "cuda-version")
_CUDNNS = ("nvidia-cudnn-cu11", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13", "cudnn")


_COMPILERS = "nvidia-cutlass-dsl-libs-"
"""Compilers in folders of their own; the one for CUDA 12 always comes, beside the one for CUDA 13. Source: METADATA and files of nvidia-cutlass-dsl 4.8.0."""


def family_of(distribution: str, version: str) -> int | None:
    """Gives the CUDA major version that a wheel belongs to; None for one that has no part in CUDA."""
    if distribution.startswith(_COMPILERS):
        return None
    if found := _SUFFIX.search(distribution):
        return int(found[1])
    if distribution in (*_TOOLKIT_NUMBERED, "cudatoolkit", "cuda-version"):
        major = version.split(".")[0]
        return int(major) if major.isdecimal() and int(major) >= 9 else None
    if distribution in _UNSUFFIXED:
        major = version.split(".")[0]
        numbered = distribution not in OWN_NUMBERS and major.isdecimal()
        return max(_UNSUFFIXED_FAMILY, int(major)) if numbered else _UNSUFFIXED_FAMILY
    return None


def is_runtime(distribution: str) -> bool:
    """Tells whether this distribution is the CUDA runtime, whose version is that of the environment's CUDA."""
    return distribution in _RUNTIMES


def is_cudnn(distribution: str) -> bool:
    """Tells whether this distribution is cuDNN."""
    return distribution in _CUDNNS


def must_hold_code(distribution: str) -> bool:
    """Tells whether a library beside the frameworks must be known to hold code for a GPU; for the others not knowing is no assumption."""
    return is_cudnn(distribution) or distribution.endswith("-pjrt")


def is_cuda_library(distribution: str) -> bool:
    """Tells whether this distribution is one of NVIDIA's CUDA wheels."""
    return distribution.startswith("nvidia-") or distribution in ("cuda-toolkit", "cuda-bindings", "cudatoolkit", "cudnn", "tensorrt", "tensorrt-libs")
