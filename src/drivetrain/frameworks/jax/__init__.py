"""JAX: pure Python beside jaxlib, with CUDA as plugin wheels that the extras `cuda12` and `cuda13` bring."""

from __future__ import annotations

from drivetrain.model.build import Framework, OsRule

_PLATFORMS = ("https://docs.jax.dev/en/latest/installation.html#supported-platforms",)

FRAMEWORK = Framework(
    name="jax",
    distribution="jax",
    title="JAX",
    import_name="jax",
    line_parts=(("0.5", 2), ("0", 3)),
    extras=((12, "cuda12"), (13, "cuda13")),
    os_rules=(
        OsRule(os="windows", cause="jax-windows-gpu-unsupported", sources=_PLATFORMS),
        OsRule(os="macos", cause="platform-without-build", sources=_PLATFORMS),
    ),
    sources=("https://docs.jax.dev/en/latest/installation.html",),
)
