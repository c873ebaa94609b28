"""PyTorch: its builds carry their CUDA in the local version, and the package index serves one of them."""

from __future__ import annotations

from drivetrain.model.build import Framework

FRAMEWORK = Framework(
    name="torch",
    distribution="torch",
    title="PyTorch",
    import_name="torch",
    companions=("torchvision", "torchaudio"),
    renamed=(("pytorch", "torch"),),
    libraries=("libtorch_cuda.so", "libtorch_cuda_cu.so"),
    wheel_index=("pytorch", "https://download.pytorch.org/whl/{build}"),
    sources=("https://pytorch.org/get-started/previous-versions/",),
)
