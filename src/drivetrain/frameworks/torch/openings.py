"""What PyTorch opens when it is imported: its dependencies first, and NVIDIA's wheels by path where the loader found none, or took another."""

from __future__ import annotations

from drivetrain.model.opening import Opening

_READ = "torch/__init__.py (`_load_global_deps`, `_preload_cuda_deps`) of the wheels {versions}, read on 2026-11-24"
_OLD = _READ.format(versions="1.13.1, 2.0.0, 2.0.1, 2.1.2, 2.2.0, 2.3.0, 2.4.1 and 2.5.1")
_NEW = _READ.format(versions="2.6.0, 2.7.0, 2.8.0, 2.9.1, 2.10.0, 2.11.0, 2.12.0, 2.13.0, 2.14.0 and 2.15.0")
_WINDOWS = "https://github.com/pytorch/pytorch/blob/v2.9.1/torch/__init__.py (`_load_dll_libraries`)"

_WHEELS = ("nvidia/{folder}/lib",)
_BESIDE = ("nvidia/{folder}/lib", "{folder}/lib")
_FAMILIES = ("nvidia/{folder}/lib", "nvidia/cu{cuda}/lib", "{folder}/lib")
_LIBRARIES = (
    ("cublas", "libcublas.so.*[0-9]"),
    ("cudnn", "libcudnn.so.*[0-9]"),
    ("cuda_nvrtc", "libnvrtc.so.*[0-9]"),
    ("cuda_runtime", "libcudart.so.*[0-9]"),
    ("cuda_cupti", "libcupti.so.*[0-9]"),
    ("cufft", "libcufft.so.*[0-9]"),
    ("curand", "libcurand.so.*[0-9]"),
)
_SOLVERS = (("cusolver", "libcusolver.so.*[0-9]"), ("cusparse", "libcusparse.so.*[0-9]"), ("nccl", "libnccl.so.*[0-9]"))
_LINKED = (
    ("nvjitlink", "libnvJitLink.so.*[0-9]"),
    ("cusparse", "libcusparse.so.*[0-9]"),
    ("cusparselt", "libcusparseLt.so.*[0-9]"),
    ("cusolver", "libcusolver.so.*[0-9]"),
    ("nccl", "libnccl.so.*[0-9]"),
)
_LAST = (("nvshmem", "libnvshmem_host.so.*[0-9]"), ("cufile", "libcufile.so.*[0-9]"))
_NVTX = ("nvtx", "libnvToolsExt.so.*[0-9]")
_COMPILER = (("cuda_nvrtc", "libnvrtc.so.*[0-9]"), ("cuda_nvrtc", "libnvrtc-builtins.so.*[0-9]"))
_LT_FIRST = (("cublas", "libcublasLt.so.*[0-9]"), *_LIBRARIES[:2], *_COMPILER, *_LIBRARIES[3:6])
_ALL = (*_LT_FIRST, _LIBRARIES[6], *_LINKED, *_LAST)


def _rescue(since: str, before: str, folders: tuple[str, ...], sought: tuple[tuple[str, str], ...]) -> Opening:
    return Opening(since=since, before=before, folders=folders, sought=sought, after_failure=True, cuda_build=True, sources=(_OLD, _NEW))


def _ahead(since: str, before: str, folders: tuple[str, ...], sought: tuple[tuple[str, str], ...], *, only_with: str, stops: bool) -> Opening:
    """Libraries that are opened so that the wheels' own come before those that the loader would find elsewhere."""
    return Opening(
        since=since, before=before, folders=folders, sought=sought, only_with=only_with, stops=stops, cuda_build=True, optional=True, sources=(_NEW,)
    )


OPENINGS = (
    Opening(files=("torch/lib/libtorch_global_deps.so",), sources=(_OLD, _NEW)),
    _rescue("1.13", "2.0", _WHEELS, (("cublas", "libcublas.so.11"), ("cudnn", "libcudnn.so.8"))),
    _rescue("2.0", "2.5", _WHEELS, (*_LIBRARIES, *_SOLVERS, _NVTX)),
    _rescue("2.5", "2.6", _WHEELS, (*_LIBRARIES, _LINKED[0], *_SOLVERS, _NVTX)),
    _rescue("2.6", "2.7", _BESIDE, (*_LIBRARIES, *_LINKED, _NVTX)),
    _rescue("2.7", "2.9", _BESIDE, (*_LIBRARIES, *_LINKED, _LAST[1])),
    _rescue("2.9", "2.10", _FAMILIES, (*_LIBRARIES, *_LINKED, *_LAST, _NVTX)),
    _rescue("2.10", "", _FAMILIES, (*_ALL, _NVTX)),
    _ahead("2.6", "2.9", _BESIDE, (_COMPILER[0], _LINKED[0]), only_with="nvidia/cuda_runtime/lib/libcudart.so", stops=True),
    _ahead("2.9", "2.10", _FAMILIES, (*_COMPILER, _LINKED[0]), only_with="/libcudart.so", stops=True),
    _ahead("2.10", "2.14", _FAMILIES, (*_ALL, _NVTX), only_with="/libcudart.so", stops=True),
    _ahead("2.14", "2.15", _FAMILIES, (*_ALL, _NVTX), only_with="/libcudart.so", stops=False),
    _ahead("2.15", "", _FAMILIES, (*_LT_FIRST, *_LINKED, *_LAST, _NVTX), only_with="/libcudart.so", stops=False),
    Opening(files=("torch/_C.*.so",), sources=(_OLD, _NEW)),
    Opening(
        files=("torch/lib/libcaffe2_nvrtc.so", "torch/lib/libtorch_cuda_linalg.so"),
        when="gpu",
        cuda_build=True,
        sources=(
            "https://github.com/pytorch/pytorch/blob/v2.9.1/aten/src/ATen/DynamicLibrary.cpp and its callers: opened beside libtorch_cuda.so when first used",
        ),
    ),
    Opening(os="windows", adds=("torch/lib", "../../Library/bin", "../../bin"), files=("torch/lib/*.dll", "torch/_C.*.pyd"), sources=(_WINDOWS,)),
)
