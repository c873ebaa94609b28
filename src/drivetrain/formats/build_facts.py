"""Reads what frameworks write about their own build into their packages: torch/version.py, tensorflow's build_info.py and others, as text, never run."""

from __future__ import annotations

import re

from drivetrain.model.dotted import is_dotted
from drivetrain.model.environment import BuildFacts

_JAX_LOCAL = re.compile(r"\+cuda(\d{2,3})\.?(?:cudnn(\d{2,3}))?")
_PLUGIN = re.compile(r"jax-cuda(\d+)-(?:plugin|pjrt)")


def torch_facts(text: str, source: str = "torch/version.py") -> BuildFacts | None:
    """Gives what torch/version.py says; None where it holds no version."""
    if _assigned(text, "__version__") is None:
        return None
    cuda = _assigned(text, "cuda")
    return BuildFacts(distribution="torch", cuda=_numbers(cuda), is_cuda_build=cuda is not None, source=source)


def torch_accelerator(text: str) -> str | None:
    """Gives "hip" or "xpu" where torch/version.py names another accelerator than CUDA."""
    return next((name for name in ("hip", "rocm", "xpu") if _assigned(text, name) is not None), None)


def tensorflow_facts(text: str, distribution: str = "tensorflow", source: str = "tensorflow/python/platform/build_info.py") -> BuildFacts | None:
    """Gives what build_info.py says; None where it does not say whether CUDA was built in."""
    built = re.search(r"""['"]is_cuda_build['"]\s*[,:]\s*(True|False)""", text)
    if built is None:
        return None
    return BuildFacts(
        distribution=distribution,
        cuda=_numbers(_dotted(_listed(text, "cuda_version"))),
        cudnn=_numbers(_dotted(_listed(text, "cudnn_version"))),
        is_cuda_build=built[1] == "True",
        source=source,
    )


def jaxlib_facts(version: str, others: tuple[str, ...], source: str = "") -> BuildFacts:
    """Gives what a jaxlib is by its local version ("0.4.13+cuda11.cudnn86") and by the plugins installed beside it."""
    if (local := _JAX_LOCAL.search(version)) is not None:
        return BuildFacts(
            distribution="jaxlib",
            cuda=_spread(local[1], 2),
            cudnn=_spread(local[2], 1) if local[2] else None,
            is_cuda_build=True,
            source=source,
        )
    majors = sorted({int(match[1]) for name in others if (match := _PLUGIN.fullmatch(name))})
    return BuildFacts(distribution="jaxlib", cuda=str(majors[-1]) if majors else None, is_cuda_build=bool(majors), source=source)


def onnxruntime_facts(text: str, source: str = "onnxruntime/capi/build_and_package_info.py") -> BuildFacts | None:
    """Gives what build_and_package_info.py says: a CUDA build states its CUDA there, a CPU build none; wheel onnxruntime-gpu 1.31.1 read on 2026-11-24."""
    name, cuda = _assigned(text, "package_name"), _assigned(text, "cuda_version")
    if name is None or (cuda is None and name != "onnxruntime"):
        return None
    return BuildFacts(distribution=name, cuda=_numbers(cuda), is_cuda_build=cuda is not None, source=source)


def paddle_facts(text: str, distribution: str, source: str = "paddle/version/__init__.py") -> BuildFacts | None:
    """Gives what paddle/version/__init__.py says, where 'False' stands for a CPU build (its own docstrings, Paddle 2.2 to 3.3)."""
    cuda, cudnn = _assigned(text, "cuda_version"), _assigned(text, "cudnn_version")
    if cuda is None:
        return None
    built = cuda != "False"
    return BuildFacts(
        distribution=distribution, cuda=_numbers(cuda) if built else None, cudnn=_numbers(cudnn) if built else None, is_cuda_build=built, source=source
    )


def cupy_facts(text: str, distribution: str, source: str = "cupy/.data/_wheel.json") -> BuildFacts | None:
    """Gives what a CuPy wheel's _wheel.json says: its CUDA family, "12.x"; wheel cupy-cuda12x 13.6.0 read on 2026-11-24."""
    import json

    try:
        cuda = json.loads(text)["cuda"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return BuildFacts(distribution=distribution, cuda=_numbers(str(cuda).removesuffix(".x")), is_cuda_build=True, source=source)


def _assigned(text: str, name: str) -> str | None:
    """Gives the string of `name = '...'` or `name: Optional[str] = '...'` at the beginning of a line."""
    match = re.search(rf"""^{name}\s*(?::[^=\n]+)?=\s*['"]([^'"]+)['"]""", text, re.MULTILINE)
    return match[1] if match else None


def _listed(text: str, key: str) -> str | None:
    match = re.search(rf"""['"]{key}['"]\s*[,:]\s*['"]([^'"]*)['"]""", text)
    return match[1] if match else None


def _numbers(version: str | None) -> str | None:
    """Gives a version that can be ordered; None for what anybody may have written in its place: of that build nothing is known."""
    return version if version is not None and is_dotted(version) else None


def _dotted(version: str | None) -> str | None:
    """Gives "11.2" for the "64_112" of Windows builds, which name DLL suffixes instead of versions; others as they are."""
    if not version:
        return None
    if not version.startswith("64_"):
        return version
    digits = version[3:]
    return _spread(digits, 2 if len(digits) > 2 else 1)


def _spread(digits: str, major: int) -> str:
    """Gives "11.2" for "112" with two digits of major version, "8.0.5" for "805" with one."""
    return ".".join((digits[:major], *digits[major:]))
