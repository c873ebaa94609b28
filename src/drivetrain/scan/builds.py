"""Finds the files in which frameworks state their build, and reads them as text."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.formats.build_facts import cupy_facts, jaxlib_facts, onnxruntime_facts, paddle_facts, tensorflow_facts, torch_accelerator, torch_facts
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.scan.place import Place

_BUILD_INFO = "tensorflow/python/platform/build_info.py"
_ONNXRUNTIME, _PADDLE, _CUPY = "onnxruntime/capi/build_and_package_info.py", "paddle/version/__init__.py", "cupy/.data/_wheel.json"
_TORCH_CUDA = ("torch/lib/libtorch_cuda.so", "torch/lib/torch_cuda.dll")


def builds_in(place: Place, installed: tuple[Installed, ...]) -> tuple[BuildFacts, ...]:
    """Gives the build facts of the frameworks that are there; a file of their own says more than their name."""
    names = {one.name: one for one in installed}
    facts = (_torch(place, names), _tensorflow(place, names), _jaxlib(names), *_stated(place, names))
    told = tuple(each for each in facts if each is not None)
    return (*told, *(each for each in _named(names) if each.distribution not in {one.distribution for one in told}))


def _stated(place: Place, names: dict[str, Installed]) -> Iterator[BuildFacts | None]:
    if any(name.startswith("onnxruntime") for name in names) and (text := _text(place, _ONNXRUNTIME)) is not None:
        facts = onnxruntime_facts(text)
        yield facts if facts is not None and facts.distribution in names else None
    paddle = next((name for name in ("paddlepaddle-gpu", "paddlepaddle") if name in names), None)
    if paddle is not None and (text := _text(place, _PADDLE)) is not None:
        yield paddle_facts(text, paddle)
    cupy = next((name for name in names if name.startswith("cupy-cuda")), None)
    if cupy is not None and (text := _text(place, _CUPY)) is not None:
        yield cupy_facts(text, cupy)


def _torch(place: Place, names: dict[str, Installed]) -> BuildFacts | None:
    text = _text(place, "torch/version.py")
    facts = torch_facts(text) if text is not None else None
    if facts is None or text is None:
        return None
    if facts.is_cuda_build is False and torch_accelerator(text) is not None:
        # A ROCm or XPU build: no CUDA, but no CPU build either.
        return BuildFacts(distribution="torch", is_cuda_build=None, source=facts.source)
    library = next((path for path in _TORCH_CUDA if place.disk.state(f"{place.sites[0]}/{path}") is not None), None)
    if facts.is_cuda_build is False and library is not None:
        # The version file of another build lies over these libraries: what runs is not known.
        return BuildFacts(distribution="torch", is_cuda_build=None, source=library)
    return facts


def _tensorflow(place: Place, names: dict[str, Installed]) -> BuildFacts | None:
    text = _text(place, _BUILD_INFO)
    owner = next((name for name in ("tensorflow", "tensorflow-intel", "tensorflow-cpu", "tensorflow-gpu", "tf-nightly") if name in names), "tensorflow")
    return tensorflow_facts(text, distribution=owner, source=_BUILD_INFO) if text is not None else None


def _jaxlib(names: dict[str, Installed]) -> BuildFacts | None:
    jaxlib = names.get("jaxlib")
    return jaxlib_facts(jaxlib.version, tuple(names), source=jaxlib.path) if jaxlib is not None else None


def _named(names: dict[str, Installed]) -> tuple[BuildFacts, ...]:
    """Where the CUDA wheels of a framework have names of their own, the name states the build."""
    from drivetrain.frameworks import frameworks

    cuda = [one for framework in frameworks() for name in framework.names if (one := names.get(name)) is not None]
    return tuple(BuildFacts(distribution=one.name, is_cuda_build=True, source=one.path) for one in cuda)


def _text(place: Place, path: str) -> str | None:
    return place.disk.text(place.sites[0] / path)
