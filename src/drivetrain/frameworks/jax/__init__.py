"""JAX: pure Python beside jaxlib, with CUDA as plugin wheels that the extras `cuda12` and `cuda13` bring."""

from __future__ import annotations

from drivetrain.frameworks.jax.openings import OPENINGS
from drivetrain.model.build import Framework, OsRule, PageExtra, Served, WheelPage

_CU11 = (
    ("nvidia-cuda-runtime-cu11", "cuda"),
    ("nvidia-cuda-nvcc-cu11", "cuda"),
    ("nvidia-cuda-cupti-cu11", "cuda"),
    ("nvidia-cublas-cu11", ""),
    ("nvidia-cufft-cu11", ""),
    ("nvidia-cusolver-cu11", ""),
    ("nvidia-cusparse-cu11", ""),
    ("nvidia-cudnn-cu11", "cudnn"),
)

_PAGE = WheelPage(
    place="jax-releases",
    url="https://storage.googleapis.com/jax-releases/jax_cuda_releases.html",
    distributions=("jaxlib",),
    extras=(
        PageExtra(
            extra="cuda",
            family=11,
            since="0.3.0",
            before="0.4.7",
            libraries=_CU11,
            loader_paths=tuple(f"nvidia/{each}/lib" for each in ("cuda_runtime", "cuda_cupti", "cublas", "cufft", "cusolver", "cusparse", "cudnn")),
        ),
        PageExtra(
            extra="cuda11-pip", family=11, since="0.4.7", before="0.4.26", libraries=(("nvidia-cudnn-cu11", "cudnn"), ("nvidia-cuda-runtime-cu11", "cuda"))
        ),
        PageExtra(
            extra="cuda12-pip", family=12, since="0.4.7", before="0.4.26", libraries=(("nvidia-cudnn-cu12", "cudnn"), ("nvidia-cuda-runtime-cu12", "cuda"))
        ),
    ),
)

_PLATFORMS = ("https://docs.jax.dev/en/latest/installation.html#supported-platforms",)

FRAMEWORK = Framework(
    name="jax",
    distribution="jax",
    title="JAX",
    import_name="jax",
    line_parts=(("0.5", 2), ("0", 3)),
    extras=((12, "cuda12"), (13, "cuda13")),
    serves=(
        Served(name="keras", versions=">=3", variable=("KERAS_BACKEND", "jax"), is_choice=True),
        Served(name="tensorflow-probability", versions=">=0.11", extra="jax"),
        # Its page on the index: "can be compatibly run with jaxlibs beyond the minimum version by setting the environment variable".
        Served(name="jax-metal", by_default=True, variable=("ENABLE_PJRT_COMPATIBILITY", "1"), gpus="Apple"),
    ),
    nightly_index=(("jax-nightly", "jaxlib-nightly"), "https://us-python.pkg.dev/ml-oss-artifacts-published/jax/simple/"),
    cpu_extra="cpu",
    page=_PAGE,
    # Since jaxlib 0.1.62, which is older than what is planned.
    processor=(("", "avx", "https://github.com/jax-ml/jax/issues/6671"),),
    os_rules=(
        OsRule(os="windows", cause="jax-windows-gpu-unsupported", sources=_PLATFORMS),
        OsRule(os="macos", cause="platform-without-build", sources=_PLATFORMS),
    ),
    openings=OPENINGS,
    sources=("https://docs.jax.dev/en/latest/installation.html",),
)
