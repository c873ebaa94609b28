"""PyTorch: its builds carry their CUDA in the local version, and the package index serves one of them."""

from __future__ import annotations

from drivetrain.frameworks.torch.openings import OPENINGS
from drivetrain.model.build import Framework, OtherGpu, Served

_LOCAL = "https://pytorch.org/get-started/locally/"
_LINE = 'python -m pip install "torch=={version}" --index-url https://download.pytorch.org/whl/{build}'

FRAMEWORK = Framework(
    name="torch",
    distribution="torch",
    title="PyTorch",
    import_name="torch",
    companions=("torchvision", "torchaudio"),
    renamed=(("pytorch", "torch"),),
    libraries=("libtorch_cuda.so", "libtorch_cuda_cu.so"),
    other_gpus=(
        OtherGpu(vendor="apple", systems=("macos",), how="Metal (device mps)", sources=("https://docs.pytorch.org/docs/stable/notes/mps.html",)),
        OtherGpu(vendor="amd", systems=("linux",), how="ROCm", build="rocm", line=_LINE, sources=(_LOCAL,)),
        OtherGpu(vendor="intel", systems=("linux", "windows"), how="XPU", build="xpu", line=_LINE, sources=(_LOCAL,)),
    ),
    nightly_index=(("torch-nightly", "pytorch-nightly"), "https://download.pytorch.org/whl/nightly/cu130"),
    serves=(Served(name="keras", versions=">=3", variable=("KERAS_BACKEND", "torch"), is_choice=True),),
    # The package index has triton for aarch64 from 3.5.0 on.
    index_holds=("triton",),
    wheel_index=("pytorch", "https://download.pytorch.org/whl/{build}"),
    openings=OPENINGS,
    sources=("https://pytorch.org/get-started/previous-versions/",),
)
