"""Apache MXNet: retired, one wheel name per CUDA release; the CUDA libraries come from the system, or from wheels of CUDA 11 where the sonames are theirs."""

from __future__ import annotations

from drivetrain.model.build import Bundle, Framework

_RETIRED = "https://attic.apache.org/projects/mxnet.html"
_CU112 = Bundle(
    before="2",
    family=11,
    names=("mxnet-cu112",),
    libraries=(
        ("nvidia-cuda-runtime-cu11", "cuda"),
        ("nvidia-cuda-nvrtc-cu11", "cuda"),
        ("nvidia-cublas-cu11", ""),
        ("nvidia-cufft-cu11", ""),
        ("nvidia-curand-cu11", ""),
        ("nvidia-cusolver-cu11", ""),
        ("nvidia-cudnn-cu11", "cudnn"),
        ("nvidia-nccl-cu11", ""),
        ("nvidia-nvtx-cu11", ""),
    ),
    loader_paths=tuple(
        f"nvidia/{name}/lib" for name in ("cuda_runtime", "cuda_nvrtc", "cublas", "cufft", "curand", "cusolver", "cusparse", "cudnn", "nccl", "nvtx")
    ),
    sources=("wheel mxnet-cu112 1.9.1 read on 2026-11-24: libmxnet.so is linked against libcusolver.so.11, libnvrtc.so.11.2 and libcudnn.so.8",),
)

FRAMEWORK = Framework(
    name="mxnet",
    distribution="mxnet",
    title="Apache MXNet",
    import_name="mxnet",
    names=("mxnet-cu112", "mxnet-cu110", "mxnet-cu102", "mxnet-cu101", "mxnet-cu100"),
    reads_system=True,
    retired=("mxnet-retired", _RETIRED),
    libraries=("libmxnet.so",),
    bundles=(_CU112,),
    sources=(_RETIRED, "https://github.com/apache/mxnet/blob/1.9.1/tools/setup_gpu_build_tools.sh"),
)
