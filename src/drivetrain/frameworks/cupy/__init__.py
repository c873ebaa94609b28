"""CuPy: a wheel name per CUDA family, its kernels compiled by NVRTC when they are first used, so that no device code of its own decides."""

from __future__ import annotations

from msgspec import structs

from drivetrain.model.build import Bundle, Framework

_INSTALL = "https://docs.cupy.dev/en/stable/install.html"
_READ = "wheels cupy-cuda11x 13.6.0, cupy-cuda12x 12.3.0 and 13.6.0 read on 2026-11-24; 13.6.0 with nvidia-*-cu12 beside it loads them and compiles its headers"
_TOOLKIT = "METADATA of cupy-cuda12x 14.2.0: its extra ctk brings these libraries, which cuda-pathfinder finds; named one by one they go with other pins"
_FOLDERS = ("cuda_runtime", "cuda_nvrtc", "cublas", "cufft", "curand", "cusolver", "cusparse")


def _libraries(suffix: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"nvidia-{folder.replace('_', '-')}{suffix}", "cuda" if folder.startswith("cuda_") else "") for folder in _FOLDERS)


def _bundles(family: int, wheel: str, libraries: tuple[tuple[str, str], ...], folders: tuple[str, ...]) -> tuple[Bundle, ...]:
    """Gives the libraries of a family: before 14 the loader must be told where they are, which only Linux can be."""
    before = Bundle(before="14", family=family, names=(wheel,), libraries=libraries, loader_paths=folders, sources=(_READ, _INSTALL))
    since = Bundle(since="14", family=family, names=(wheel,), libraries=libraries, loader_paths=(), sources=(_TOOLKIT, _INSTALL))
    return before, since, structs.replace(since, os="windows")


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
    bundles=(
        *_bundles(11, "cupy-cuda11x", _libraries("-cu11"), tuple(f"nvidia/{folder}/lib" for folder in _FOLDERS)),
        *_bundles(12, "cupy-cuda12x", _libraries("-cu12"), tuple(f"nvidia/{folder}/lib" for folder in _FOLDERS)),
        *_bundles(13, "cupy-cuda13x", _libraries(""), ("nvidia/cu13/lib",)),
    ),
    sources=(_INSTALL,),
)
