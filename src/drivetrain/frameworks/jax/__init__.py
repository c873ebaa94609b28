"""JAX: pure Python beside jaxlib, with CUDA as plugin wheels that the extras `cuda12` and `cuda13` bring."""

from __future__ import annotations

from drivetrain.model.build import Framework, OsRule

FRAMEWORK = Framework(
    name="jax",
    distribution="jax",
    title="JAX",
    import_name="jax",
    line_parts=(("0.5", 2), ("0", 3)),
    extras=((12, "cuda12"), (13, "cuda13")),
    os_rules=tuple(
        OsRule(os=os, cause="platform-without-build", sources=("https://docs.jax.dev/en/latest/installation.html#supported-platforms",))
        for os in ("windows", "macos")
    ),
    sources=("https://docs.jax.dev/en/latest/installation.html",),
)
