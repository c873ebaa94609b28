"""Small machines, environments and catalogues that the rules are asked about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drivetrain.audit import audit
from drivetrain.catalogue import Catalogue, CodeRow
from drivetrain.frameworks.jax import FRAMEWORK as JAX
from drivetrain.frameworks.tensorflow import FRAMEWORK as TENSORFLOW
from drivetrain.frameworks.torch import FRAMEWORK as TORCH
from drivetrain.model.catalogue import Break, BuildFact, Distribution, LibraryCode, Release, Requirement, Snapshot
from drivetrain.model.environment import BuildFacts, Environment, Installed
from drivetrain.model.machine import Driver, Gpu, Machine, OperatingSystem, OsFamily
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Plan

RTX_4090 = Gpu(name="NVIDIA GeForce RTX 4090", compute_capability="8.9")
V100 = Gpu(name="Tesla V100-SXM2-16GB", compute_capability="7.0")
RTX_5090 = Gpu(name="NVIDIA GeForce RTX 5090", compute_capability="12.0")


def machine(*gpus: Gpu, driver: str | None = "580.65.06", cuda: str = "13.0", os: OsFamily = "linux", **more: Any) -> Machine:
    """Gives a machine with these GPUs."""
    return Machine(os=OperatingSystem(family=os), driver=Driver(version=driver, cuda=cuda) if driver else None, gpus=gpus, **more)


def one(name: str, version: str, *requires: str, **more: Any) -> Installed:
    """Gives an installed distribution."""
    return Installed(name=name, version=version, path=f"{name.replace('-', '_')}-{version}.dist-info", requires=requires, **more)


def environment(*installed: Installed, builds: Iterable[BuildFacts] = (), **more: Any) -> Environment:
    """Gives an environment with these distributions."""
    return Environment(**{"prefix": "/env", "python": "3.11.7", "installed": installed, "builds": tuple(builds), **more})


def torch_built(cuda: str | None) -> BuildFacts:
    return BuildFacts(distribution="torch", cuda=cuda, is_cuda_build=cuda is not None, source="torch/version.py")


def tensorflow_built(cuda: str | None, cudnn: str | None = None) -> BuildFacts:
    source = "tensorflow/python/platform/build_info.py"
    return BuildFacts(distribution="tensorflow", cuda=cuda, cudnn=cudnn, is_cuda_build=cuda is not None, source=source)


def jaxlib_built(cuda: str | None) -> BuildFacts:
    return BuildFacts(distribution="jaxlib", cuda=cuda, is_cuda_build=cuda is not None, source="jaxlib.dist-info")


def release(version: str, *requires: Requirement) -> Release:
    return Release(version=version, released="2025-01-01", requires=requires, read_from="py3-none-any")


CUDNN_CODE = CodeRow(
    distribution="nvidia-cudnn-cu12",
    versions=">=9.11",
    libraries=(LibraryCode(library="libcudnn_ops.so.9", sass=(("sm_75", 400), ("sm_80", 400), ("sm_90", 400))),),
    sources=("https://docs.nvidia.com/deeplearning/cudnn/backend/latest/reference/support-matrix.html",),
)
OLD_CUDNN_CODE = CodeRow(
    distribution="nvidia-cudnn-cu12",
    versions="<9.11",
    libraries=(LibraryCode(library="libcudnn_ops.so.9", sass=(("sm_70", 400), ("sm_80", 400))),),
    sources=("https://docs.nvidia.com/deeplearning/cudnn/backend/latest/reference/support-matrix.html",),
)
NUMPY = Break(
    distribution="tensorflow",
    versions="<2.15",
    other="numpy",
    other_versions=">=2",
    cause="numpy-2-abi",
    says="built for NumPy 1",
    sources=("https://github.com/tensorflow/tensorflow/issues/67291",),
)


def catalogue(*facts: BuildFact, breaks: tuple[Break, ...] = (NUMPY,), code: tuple[CodeRow, ...] = (CUDNN_CODE, OLD_CUDNN_CODE)) -> Catalogue:
    """Gives a catalogue of a few releases, with these rows for torch and tensorflow."""
    and_cuda = Requirement("nvidia-cudnn-cu12", ">=9", 'extra == "and-cuda"')
    distributions = (
        Distribution(name="torch", releases=(release("2.10.0", Requirement("nvidia-cudnn-cu12", "==9.10.2.21")), release("2.5.1"))),
        Distribution(name="tensorflow", releases=(release("2.20.0", and_cuda), release("2.14.0", and_cuda), release("2.13.1"))),
        Distribution(name="nvidia-cudnn-cu12", releases=(release("9.28.0.42"), release("9.10.2.21"), release("8.9.2.26"))),
    )
    rows: dict[str, tuple[BuildFact, ...]] = {"torch": (), "tensorflow": ()}
    for each in facts:
        name = "torch" if each.build.startswith("cu") and each.build != "cuda" else "tensorflow"
        rows[name] = (*rows[name], each)
    return Catalogue(Snapshot(as_of="2026-11-23", distributions=distributions), (TENSORFLOW, TORCH, JAX), rows, code, breaks)


def outcomes(machine: Machine, environment: Environment, catalogue_: Catalogue | None = None, plan: Plan | None = None) -> tuple[Outcome, ...]:
    return audit(machine, environment, catalogue_ or catalogue(), plan)


def found(machine: Machine, environment: Environment, catalogue_: Catalogue | None = None, plan: Plan | None = None) -> dict[str, Outcome]:
    """Gives what was found, by cause."""
    return {each.cause: each for each in outcomes(machine, environment, catalogue_, plan) if each.state == "found"}


def states(cause: str, several: tuple[Outcome, ...]) -> set[str]:
    return {each.state for each in several if each.cause == cause}
