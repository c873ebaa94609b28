"""What JAX opens: jaxlib on import, then NVIDIA's wheels by path for its CUDA plug-in, and the plug-in itself."""

from __future__ import annotations

from drivetrain.model.opening import Opening

_READ = "jax_plugins/xla_cuda12/__init__.py (`_load_nvidia_libraries`) of jax-cuda12-pjrt {versions}, read on 2026-11-24"
_SOURCES = (_READ.format(versions="0.5.3 and 0.6.1 (without it), 0.6.2, 0.7.0, 0.7.2, 0.8.1, 0.9.0 and 0.10.2"),)
_FOLDERS = ("nvidia/{folder}/lib",)
_OF_12 = (
    ("cuda_runtime", "libcudart.so.12"),
    ("cuda_nvrtc", "libnvrtc.so.12"),
    ("cublas", "libcublas.so.12"),
    ("cublas", "libcublasLt.so.12"),
    ("nccl", "libnccl.so.2"),
    ("cuda_cupti", "libcupti.so.12"),
    ("cusparse", "libcusparse.so.12"),
    ("cusolver", "libcusolver.so.11"),
    ("cufft", "libcufft.so.11"),
    ("nvshmem", "libnvshmem_host.so.3"),
    ("cudnn", "libcudnn.so.9"),
)
_OF_BOTH = (
    ("cuda_runtime", "libcudart.so.12"),
    ("cu13", "libcudart.so.13"),
    ("cuda_nvrtc", "libnvrtc.so.12"),
    ("cu13", "libnvrtc.so.13"),
    ("cublas", "libcublas.so.12"),
    ("cublas", "libcublasLt.so.12"),
    ("cu13", "libcublas.so.13"),
    ("cu13", "libcublasLt.so.13"),
    ("nccl", "libnccl.so.2"),
    ("cuda_cupti", "libcupti.so.12"),
    ("cu13", "libcupti.so.13"),
    ("cusparse", "libcusparse.so.12"),
    ("cu13", "libcusparse.so.12"),
    ("cusolver", "libcusolver.so.11"),
    ("cu13", "libcusolver.so.12"),
    ("cufft", "libcufft.so.11"),
    ("cu13", "libcufft.so.12"),
    ("nvshmem", "libnvshmem_host.so.3"),
    ("cudnn", "libcudnn.so.9"),
)


def _plugin(family: int, solver: str, fft: str) -> tuple[Opening, ...]:
    """What the plug-in of one CUDA family does: its extension modules, NVIDIA's wheels, the plug-in's library, and what that opens by name."""
    of, since = f"jax-cuda{family}-plugin", "0.7" if family == 12 else ""
    modules = tuple(f"jax_cuda{family}_plugin/{name}.so" for name in ("_versions", "_solver", "_sparse", "_linalg", "cuda_plugin_extension"))
    names = (
        f"libcublas.so.{family}",
        f"libcublasLt.so.{family}",
        f"libcufft.so.{fft}",
        f"libcusolver.so.{solver}",
        "libcusparse.so.12",
        "libcudnn.so.9",
        "libnccl.so.2",
    )
    plugin = f"jax_plugins/xla_cuda{family}/xla_cuda_plugin.so"
    earlier = (
        (Opening(of=of, since="0.6.2", before="0.7", sought=_OF_12, folders=_FOLDERS, optional=True, when="gpu", sources=_SOURCES),) if family == 12 else ()
    )
    return (
        Opening(of=of, files=modules, sources=_SOURCES),
        # Opened when it is imported already; only a GPU misses it.
        Opening(of=of, opener=modules[1:2], sonames=(f"libcudart.so.{family}",), when="gpu", sources=_SOURCES),
        *earlier,
        Opening(of=of, since=since, sought=_OF_BOTH, folders=_FOLDERS, optional=True, when="gpu", sources=_SOURCES),
        Opening(of=of, files=(plugin,), when="gpu", sources=_SOURCES),
        # Older plug-ins may be of cuDNN 8.
        Opening(
            of=of, since="0.4.31", opener=(plugin,), sonames=names, when="gpu", sources=(*_SOURCES, "RPATH of xla_cuda_plugin.so of jax-cuda12-pjrt 0.10.2")
        ),
    )


OPENINGS = (
    Opening(files=("jaxlib/_jax.so", "jaxlib/xla_extension.so", "jaxlib/cpu/_lapack.so", "jaxlib/utils.so"), sources=_SOURCES),
    *_plugin(12, "11", "11"),
    *_plugin(13, "12", "12"),
)
