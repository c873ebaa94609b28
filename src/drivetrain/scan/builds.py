"""Finds the files in which frameworks state their build, and reads them as text."""

from __future__ import annotations

from drivetrain.formats.build_facts import jaxlib_facts, tensorflow_facts, torch_accelerator, torch_facts
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.scan.place import Place

_BUILD_INFO = "tensorflow/python/platform/build_info.py"
_TORCH_CUDA = ("torch/lib/libtorch_cuda.so", "torch/lib/torch_cuda.dll")


def builds_in(place: Place, installed: tuple[Installed, ...]) -> tuple[BuildFacts, ...]:
    """Gives the build facts of the frameworks that are there."""
    names = {one.name: one for one in installed}
    facts = (_torch(place, names), _tensorflow(place, names), _jaxlib(names), *_named(names))
    return tuple(each for each in facts if each is not None)


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
