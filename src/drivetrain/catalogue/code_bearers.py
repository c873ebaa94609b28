"""Which shared libraries of an installed distribution must hold device code for a GPU to be of use with it; the others of its files are optional."""

from __future__ import annotations

import re

from drivetrain.model.build import Framework

_OF_NVIDIA = (
    (re.compile(r"(?:nvidia|lib)?-?cudnn(?:-cu\d+)?"), re.compile(r"cudnn_(?:ops|cnn|adv)(?:_infer)?")),
    (re.compile(r"(?:nvidia|lib)-?cublas(?:-cu\d+)?"), re.compile(r"cublas")),
    (re.compile(r"(?:nvidia-)?nccl(?:-cu\d+)?"), re.compile(r"nccl")),
    (re.compile(r"jax-cuda\d+-pjrt"), re.compile(r"xla_cuda_plugin")),
)
"""Source: wheels read on 2026-11-24. libcublasLt and libcudnn_engines_* hold many kernels for one chip and few for another, and choose among them: their
counts tell no support."""
_CHOOSERS = re.compile(
    r"cublasLt|cufftw?|cusparse(?:Lt)?|cusolver(?:Mg)?|curand|cudnn_(?:engines_\w+|heuristic|graph|ext)|cupti|checkpoint|pcsamplingutil|nvperf_\w+|nvrtc\w*(?:[.-]\w+)*"
    r"|nvshmem_\w+|cufile(?:_rdma)?|npp\w+|nvjpeg|nvJitLink|cutensor\w*"
)
"""Source: as above; of a new chip they hold little at first, and each has a way of its own to do without."""
_ENDING = re.compile(r"(?:64_\d+)?\.(?:so[.\d]*|dll|pyd)$", re.IGNORECASE)


def bears_code(distribution: str) -> bool:
    """Tells whether this is one of NVIDIA's libraries, or a plugin, that must hold code for a GPU."""
    return any(pattern.fullmatch(distribution) for pattern, _ in _OF_NVIDIA)


def must_hold(distribution: str, framework: Framework | None, library: str) -> bool:
    """Tells whether a library, by its file name, is one of those that must hold code: "cudnn_ops64_9.dll" is what "libcudnn_ops.so.9" is."""
    name = stem_of(library)
    if framework is not None:
        return any(stem_of(each) == name for each in framework.libraries)
    return any(pattern.fullmatch(distribution) and libraries.fullmatch(name) for pattern, libraries in _OF_NVIDIA)


def chooses_kernels(library: str) -> bool:
    """Tells whether this is one of NVIDIA's libraries that serve every chip of their CUDA in ways of their own: which code they hold decides nothing."""
    return _CHOOSERS.fullmatch(stem_of(library)) is not None


def stem_of(library: str) -> str:
    """Gives "cudnn_ops" for "libcudnn_ops.so.9" and "cudnn_ops64_9.dll"."""
    return _ENDING.sub("", library).removeprefix("lib")
