"""Names the likely cause when a framework sees no GPU or cannot reach it: from the facts first, then from what it printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from drivetrain.prove.saying import Saying
from drivetrain.prove.setting import Setting
from drivetrain.words import say

SIGNS = (
    (r"CUDA driver version is insufficient|NVIDIA driver on your system is too old", "driver-too-old-for-cuda"),
    (r"forward compatibility was attempted on non supported HW", "forward-compat-on-unsupported-gpu"),
    (r"[Dd]river/library version mismatch|unsupported display driver / cuda driver combination", "driver-library-version-mismatch"),
    (r"Cannot dlopen some GPU libraries", "cuda-library-not-on-loader-path"),
    (r"CUDA-enabled jaxlib is not installed|Torch not compiled with CUDA enabled", "cpu-only-package-installed"),
    (r"no kernel image is available for execution", "compute-capability-not-in-build"),
    (r"libcudnn\S*: cannot open shared object file|Unable to load any of \{libcudnn", "cudnn-not-found"),
    (r"lib(cublas|cudart|cufft|curand|cusolver|cusparse|nccl|nvrtc)\S*: cannot open shared object file", "cuda-library-not-on-loader-path"),
    (r"cuDNN version incompatibility|Loaded runtime CuDNN library: \S+ but source was compiled with", "cudnn-runtime-older-than-build"),
    (r"compiled using NumPy 1\.x|Numpy is not available|_ARRAY_API not found", "numpy-2-abi"),
    (r"version `GLIBCXX_|version `CXXABI_", "libstdcxx-too-old"),
    (r"version `GLIBC_", "glibc-too-old"),
    (r"cannot allocate memory in static TLS block", "static-tls-exhausted"),
    (r"cannot enable executable stack", "glibc-execstack-blocked"),
    (r"CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|RESOURCE_EXHAUSTED", "gpu-out-of-memory"),
)
"""The frameworks' own words, as their sources print them, and the cause that each decides alone; `explain` knows many more and weighs them."""


def cause_in(lines: Iterable[str]) -> str | None:
    """Gives the first cause that the lines decide."""
    text = "\n".join(lines)
    return next((cause for pattern, cause in SIGNS if re.search(pattern, text)), None)


def without_gpu(framework: str, built_for_gpu: bool, setting: Setting, log: Iterable[str]) -> Saying:
    """Says why a framework that should see a GPU sees none."""
    lines = list(log)
    if not built_for_gpu:
        return Saying(say("{framework} sees no GPU: this build has no CUDA; install its CUDA build", framework=framework), "cpu-only-package-installed")
    if not setting.machine.nvidia_gpus:
        says = say("{framework} sees no GPU: this machine has no NVIDIA GPU; plan for the CPU", framework=framework)
        return Saying(says, "no-nvidia-gpu-on-machine")
    if setting.machine.driver is None:
        says = say("{framework} sees no GPU: no NVIDIA driver answers on this machine; install it, restart, and verify again", framework=framework)
        return Saying(says, "no-nvidia-driver")
    visible = setting.variables.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        says = say("{framework} sees no GPU: CUDA_VISIBLE_DEVICES={value!r} may hide it; unset it and verify again", framework=framework, value=visible)
        return Saying(says, "cuda-visible-devices-hides-gpu")
    cause = cause_in(lines)
    if cause:
        return Saying(say("{framework} sees no GPU: its log points to {cause}", framework=framework, cause=cause), cause)
    says = say(
        "{framework} sees no GPU although driver {driver} answers, and its log does not say why; audit this environment",
        framework=framework,
        driver=setting.machine.driver.version,
    )
    return Saying(says)
