"""CuPy: a wheel name per CUDA family, its kernels compiled by NVRTC when they are first used, so that no device code of its own decides."""

from __future__ import annotations

from drivetrain.model.build import Bundle, Framework

_INSTALL = "https://docs.cupy.dev/en/stable/install.html"
_READ = "wheels cupy-cuda11x 13.6.0, cupy-cuda12x 12.3.0 and 13.6.0 read on 2026-11-24; 13.6.0 with nvidia-*-cu12 beside it loads them and compiles its headers"
_BEFORE_14 = ("cuda_runtime", "cuda_nvrtc", "cublas", "cufft", "curand", "cusolver", "cusparse")

_CU11, _CU12 = (
    Bundle(
        family=family,
        before="14",
        libraries=tuple((f"nvidia-{name.replace('_', '-')}-cu{family}", "cuda" if name in ("cuda_runtime", "cuda_nvrtc") else "") for name in _BEFORE_14),
        names=(f"cupy-cuda{family}x",),
        loader_paths=tuple(f"nvidia/{name}/lib" for name in _BEFORE_14),
        sources=(_READ, _INSTALL),
    )
    for family in (11, 12)
)
_CU13 = Bundle(
    family=13,
    before="14",
    libraries=(
        ("nvidia-cuda-runtime", "cuda"),
        ("nvidia-cuda-nvrtc", "cuda"),
        *((f"nvidia-{name}", "") for name in _BEFORE_14[2:]),
    ),
    names=("cupy-cuda13x",),
    loader_paths=("nvidia/cu13/lib",),
    sources=(_INSTALL,),
)
_TOOLKIT = tuple(
    Bundle(family=family, since="14", os=os, libraries=(), extras=("ctk",), loader_paths=(), sources=(_INSTALL,))
    for family in (12, 13)
    for os in ("linux", "windows")
)

FRAMEWORK = Framework(
    name="cupy",
    distribution="cupy",
    title="CuPy",
    import_name="cupy",
    names=(
        "cupy-cuda13x",
        "cupy-cuda12x",
        "cupy-cuda11x",
        *(f"cupy-cuda{release}" for release in (117, 116, 115, 114, 113, 112, 111, 110, 102, 101)),
    ),
    two_names="multiple-cupy-packages",
    reads_system=True,
    libraries=("NVRTC",),
    bundles=(_CU11, _CU12, _CU13, *_TOOLKIT),
    sources=(_INSTALL,),
)
