"""ONNX Runtime: `onnxruntime` is the CPU build and `onnxruntime-gpu` the CUDA one of the same import package, so that never both are installed."""

from __future__ import annotations

from msgspec import structs

from drivetrain.frameworks.onnxruntime.openings import OPENINGS
from drivetrain.model.build import Bundle, Framework

_DOCUMENT = "https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html"
_READ = "wheels onnxruntime-gpu 1.18.1, 1.20.2, 1.26.0 and 1.31.1 read on 2026-11-24: what libonnxruntime_providers_cuda.so is linked against"
_LINKED = ("cuda_runtime", "cublas", "cufft", "curand", "cudnn")
_PATHS = tuple(f"nvidia/{name}/lib" for name in (*_LINKED, "cuda_nvrtc"))
_CU13_PATHS = ("nvidia/cu13/lib", "nvidia/cudnn/lib")


def _component(name: str) -> str:
    return {"cuda_runtime": "cuda", "cudnn": "cudnn"}.get(name, "")


def _by_extras(since: str, family: int, paths: tuple[str, ...]) -> tuple[Bundle, Bundle]:
    """Gives the bundles of a family for Linux, whose loader must be told, and for Windows, where `onnxruntime.preload_dlls` finds them."""
    made = Bundle(since=since, family=family, libraries=(), extras=("cuda", "cudnn"), loader_paths=paths, sources=(_DOCUMENT, _READ))
    return made, structs.replace(made, os="windows", loader_paths=())


_CU11 = Bundle(
    before="1.19",
    family=11,
    libraries=tuple((f"nvidia-{name.replace('_', '-')}-cu11", _component(name)) for name in _LINKED),
    loader_paths=_PATHS[:-1],
    sources=(_DOCUMENT, _READ),
)
_CU12 = Bundle(
    before="1.21",
    family=12,
    libraries=(*((f"nvidia-{name.replace('_', '-')}-cu12", _component(name)) for name in _LINKED), ("nvidia-cuda-nvrtc-cu12", "cuda")),
    loader_paths=_PATHS,
    sources=(_DOCUMENT, _READ),
)
_CU12_EXTRAS, _CU12_WINDOWS = _by_extras("1.21", 12, _PATHS)
_CU13_NAMED = Bundle(
    since="1.27",
    before="1.28",
    family=13,
    libraries=(
        ("nvidia-cuda-runtime", "cuda"),
        ("nvidia-cuda-nvrtc", "cuda"),
        ("nvidia-cublas", ""),
        ("nvidia-cufft", ""),
        ("nvidia-curand", ""),
        ("nvidia-cudnn-cu13", "cudnn"),
    ),
    loader_paths=_CU13_PATHS,
    sources=(
        "METADATA of onnxruntime-gpu 1.27.0: its extra cuda names nvidia-cuda-runtime-cu13 and others, which hold no libraries; 1.28.0 names the right ones",
    ),
)
_CU13, _CU13_WINDOWS = _by_extras("1.28", 13, _CU13_PATHS)

FRAMEWORK = Framework(
    name="onnxruntime",
    distribution="onnxruntime",
    title="ONNX Runtime",
    import_name="onnxruntime",
    names=("onnxruntime-gpu",),
    two_names="onnxruntime-cpu-and-gpu-both-installed",
    reads_system=True,
    libraries=("libonnxruntime_providers_cuda.so",),
    bundles=(_CU11, _CU12, _CU12_EXTRAS, _CU12_WINDOWS, _CU13_NAMED, _CU13, _CU13_WINDOWS),
    openings=OPENINGS,
    sources=(_DOCUMENT,),
)
