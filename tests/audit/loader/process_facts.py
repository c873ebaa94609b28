"""Small environments with libraries, and the system around them, that the rules of the loader are asked about."""

from __future__ import annotations

from typing import Any

from drivetrain.audit import audit
from drivetrain.catalogue import Catalogue
from drivetrain.frameworks import catalogue
from drivetrain.model.binary import Linkage
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import BuildFacts, Environment, Installed, OwnedFile
from drivetrain.model.library import Folder, Library, SystemLibraries
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Outcome

SITE = "/env/lib/python3.11/site-packages"
RUNTIMES = ("libc.so.6", "libm.so.6", "libstdc++.so.6")
_FACTS: list[Catalogue] = []


def so(path: str, *needed: str, search: tuple[str, ...] = (), kind: str = "runpath", bytes: int = 100, link: str = "", soname: str = "") -> Library:
    """A library whose soname is its file name."""
    name = soname or path.rpartition("/")[2]
    linkage = Linkage(format="elf", arch="x86_64", soname=name, needed=needed, search_path=search, search_kind=kind if search else None)  # type: ignore[arg-type]
    return Library(path=path, bytes=bytes, linkage=linkage, link=link)


def dll(path: str, *needed: str) -> Library:
    return Library(path=path, bytes=100, linkage=Linkage(format="pe", arch="x86_64", soname=path.rpartition("/")[2], needed=needed))


def wheel(name: str, version: str, *libraries: Library, at: str = "", requires: tuple[str, ...] = ()) -> Installed:
    """The distribution that owns these libraries."""
    files = tuple(OwnedFile(path=each.path, sha256=None, size_bytes=each.bytes) for each in libraries)
    return Installed(name=name, version=version, path=f"{at}{name.replace('-', '_')}-{version}.dist-info", files=files, requires=requires)


def system(*libraries: Library, folders: tuple[Folder, ...] = (), cached: dict[str, str] | None = None) -> SystemLibraries:
    """A Debian with the C runtimes, and what else is given."""
    root = "/usr/lib/x86_64-linux-gnu"
    plain = tuple(so(f"{root}/{name}") for name in RUNTIMES)
    paths = {**{name: f"{root}/{name}" for name in RUNTIMES}, **(cached or {})}
    return SystemLibraries(cached=FrozenMap(paths), folders=(*folders, Folder(path=root, why="default", names=RUNTIMES)), libraries=(*plain, *libraries))


def on_path(folder: str, *names: str) -> Folder:
    return Folder(path=folder, why="LD_LIBRARY_PATH", names=names)


def torch_of(cuda: str, *nvidia: tuple[Installed, tuple[Library, ...]], needs: tuple[str, ...], **more: Any) -> Environment:
    """PyTorch that needs these libraries, sought where its wheels have them, and the wheels that are there."""
    search = tuple(f"$ORIGIN/../../nvidia/{name}/lib" for name in ("cublas", "cudnn", "cuda_runtime", "cusparselt", "nccl", "cusparse"))
    own = (
        so("torch/lib/libtorch_global_deps.so", "libc.so.6", search=search, kind="rpath"),
        so("torch/lib/libtorch_cuda.so", "libstdc++.so.6", *needs, search=(*search, "$ORIGIN"), kind="rpath"),
        so("torch/_C.cpython-311-x86_64-linux-gnu.so", "libtorch_cuda.so", search=("$ORIGIN/lib",), kind="rpath"),
    )
    wheels = (wheel("torch", "2.8.0", *own), *(one for one, _ in nvidia))
    return Environment(
        **{
            "prefix": "/env", "python": "3.11.7", "site_packages": SITE, "installed": wheels,
            "builds": (BuildFacts(distribution="torch", cuda=cuda, is_cuda_build=True, source="torch/version.py"),),
            "libraries": (*own, *(library for _, libraries in nvidia for library in libraries)), "system": system(), **more,
        }
    )  # fmt: skip


def owned(name: str, version: str, *libraries: Library) -> tuple[Installed, tuple[Library, ...]]:
    return wheel(name, version, *libraries), libraries


CUDART = owned("nvidia-cuda-runtime-cu12", "12.8.90", so("nvidia/cuda_runtime/lib/libcudart.so.12"))
CUBLAS = owned(
    "nvidia-cublas-cu12",
    "12.8.4.1",
    so("nvidia/cublas/lib/libcublas.so.12", "libcublasLt.so.12", search=("$ORIGIN",)),
    so("nvidia/cublas/lib/libcublasLt.so.12"),
)
CUDNN_PARTS = ("graph", "ops", "cnn", "adv", "engines_precompiled", "engines_runtime_compiled", "heuristic")
CUDNN = owned(
    "nvidia-cudnn-cu12", "9.10.2.21",
    so("nvidia/cudnn/lib/libcudnn.so.9", search=("$ORIGIN",)),
    *(so(f"nvidia/cudnn/lib/libcudnn_{part}.so.9", search=("$ORIGIN",)) for part in CUDNN_PARTS),
)  # fmt: skip
NEEDS = ("libcudart.so.12", "libcublas.so.12", "libcudnn.so.9")


def healthy(**more: Any) -> Environment:
    """PyTorch with all that it needs."""
    return torch_of("12.8", CUDART, CUBLAS, CUDNN, needs=NEEDS, **more)


def answers_of(machine: Machine, environment: Environment, *causes: str) -> list[Outcome]:
    """What the rules with these causes answer."""
    if not _FACTS:
        _FACTS.append(catalogue())
    return [each for each in audit(machine, environment, _FACTS[0]) if each.cause in causes]


def found_of(machine: Machine, environment: Environment) -> dict[str, Outcome]:
    """Everything found, by cause."""
    if not _FACTS:
        _FACTS.append(catalogue())
    return {each.cause: each for each in audit(machine, environment, _FACTS[0]) if each.state == "found"}
