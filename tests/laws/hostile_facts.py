"""Environments and machines as anybody may have written them: every name that rules look for, with values that none of them expects."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from drivetrain.model.binary import Linkage
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import BuildFacts, DiskFile, Environment, Installed, OwnedFile
from drivetrain.model.library import Folder, Library, SystemLibraries, Unmet
from drivetrain.model.machine import Cpu, Cudnn, Driver, Gpu, Machine, NamedFolder, OperatingSystem, Toolkit
from drivetrain.model.site_folder import CondaPackage, Egg, EnvironmentPython, Origin, PathFile, Program, SitePackage, UserSite


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NAMES = _words("""
    torch torchvision tensorflow tensorflow-cpu tf-nightly jax jaxlib jax-cuda12-plugin jax-cuda12-pjrt jax-cuda13-plugin numpy keras tf-keras
    protobuf ml-dtypes nvidia-cudnn-cu12 nvidia-cudnn-cu13 nvidia-cuda-runtime-cu12 nvidia-cuda-runtime nvidia-cublas cuda-toolkit setuptools
    pip triton bitsandbytes flash-attn deepspeed onnxruntime-gpu cupy-cuda12x paddlepaddle-gpu tensorflow-text cudnn tensorrt tensorflow-macos
    intel-openmp
""")
INTRUDER = "intruder"
_NAMES += (f"nvidia-x; {INTRUDER}",) * 12
_VERSIONS = (
    "",
    "x",
    "1.0.post0",
    "2.10.0+cu128",
    "2.9.1+cpu",
    "2.13.0",
    "1!2",
    "9" * 400,
    "12.4.127",
    "9.1.0.70",
    "8",
    "²",
    "٣.٣",
    "1.0+",
    "2021.5a",
    "1..2",
    ".",
)
_LINES = (
    *(
        "",
        " ",
        ";",
        "foo ; python_version ~= 'x'",
        "foo[",
        "numpy<2 ; extra == 'a'",
        "torch==2.10.0",
        "torch==²",
        "foo @ https://x/y",
        "foo; python_version > ''",
    ),
    *(
        "nvidia-cudnn-cu12 (==9)",
        "keras>=3",
        "bar; sys_platform ~= 'linux'",
        "torch===x",
        "-e .",
        "x;extra",
        "foo; extra == 'extra' or python_version ~= '3.x'",
    ),
)
_TAGS = (
    "py3-none-any",
    "cp311-cp311-manylinux_2_28_x86_64",
    "cp39-cp39-win_amd64",
    "cp312-cp312-macosx_14_0_arm64",
    "",
    "x",
    "--",
    "cp31-cp31-linux_",
    "cp-cp-any",
)
_TAGS += ("a-b-manylinux_2_xx_y", "cp311-cp311-manylinux_²_17_x86_64", "cp311-cp311-macosx_x_y_z", "py2.py3-none-win32", "cp311-abi3-linux_aarch64")
_VARIABLES = _words("""
    CUDA_VISIBLE_DEVICES LD_LIBRARY_PATH CUDA_HOME XLA_FLAGS PYTHONPATH PYTHONHOME JAX_PLATFORMS XLA_PYTHON_CLIENT_MEM_FRACTION
    XLA_PYTHON_CLIENT_ALLOCATOR TF_FORCE_GPU_ALLOW_GROWTH PYTORCH_CUDA_ALLOC_CONF TF_USE_LEGACY_KERAS KERAS_BACKEND CUDA_LAUNCH_BLOCKING
    TORCH_CUDA_ARCH_LIST CC TRITON_PTXAS_PATH PATH LD_PRELOAD
""")
_VALUES = (
    "",
    "0",
    "-1",
    "0,,",
    "²",
    "٣",
    "MIG-x",
    "GPU-",
    "nan",
    "1e999",
    "50%",
    ":::",
    "[",
    "[1:2",
    "=",
    "--",
    "a:b",
    "\x00",
    "((",
    "9" * 5000,
    "cuda,,cpu",
    "8.x",
)
_VALUES += ("max_split_size_mb", "expandable_segments:true", "--xla_gpu_cuda_data_dir=", "--xla_dump_to='", "/opt/x:/y::", "\\")
_SONAMES = _words("""
    libcudnn.so.9 libcudnn.so.8 libcudart.so.12 libcublas.so.12 libc.so.6 libstdc++.so.6 libc10.so libtorch_cuda.so libnccl.so.2 libcuda.so.1
    libcudnn_ops.so.9 libgomp.so.1 libiomp5.so cublas64_12.dll libcublas.so. libcudnn.so.² vcruntime140.dll libomp140.x86_64.dll
    libtensorflow_cc.so.2 xla_cuda_plugin.so
""")
_FOLDERS = (
    "torch/lib",
    "nvidia/cudnn/lib",
    "nvidia/cu13/lib",
    "jax_plugins/xla_cuda12",
    "../../..",
    "/usr/lib",
    "/usr/lib/wsl/lib",
    "numpy.libs",
    "C:/Windows/System32",
)
_NEEDS = ("GLIBC_2.27", "GLIBC_2.99", "GLIBCXX_3.4.99", "GLIBC_", "GLIBC_PRIVATE", "macOS 11.0", "macOS x", "GLIBC_²")
_SEARCHED = ("$ORIGIN", "$ORIGIN/../../nvidia/cudnn/lib", "", "${ORIGIN}", "$LIB", "$ORIGIN/" + "../" * 30)


class Hostile:
    """Draws them, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice

    def some(self, values: tuple[str, ...] | list[str], most: int) -> tuple[str, ...]:
        return tuple(self.pick(values) for _ in range(self.random.randrange(most)))

    def path(self) -> str:
        return f"{self.pick(_FOLDERS)}/{self.pick(_SONAMES)}"

    def environment(self) -> Environment:
        pick, times = self.pick, self.random.randrange
        installed = tuple(self._installed() for _ in range(times(14)))
        owned = Counter(each.path for one in installed for each in one.files)
        return Environment(
            prefix=pick(("/p", "C:/p", "/p[1]")),
            kind=pick(("venv", "conda", "system", "folder")),
            platform=pick(("linux", "linux", "windows", "macos")),
            python=pick((None, "3.11.7", "3.13")),
            site_packages=pick(("/p/lib/python3.11/site-packages", "", "/p[1]/lib")),
            installed=installed,
            builds=tuple(self._facts() for _ in range(times(4))),
            shared_files=tuple(DiskFile(path=path, size_bytes=pick((None, 5)), sha256=None) for path, owners in owned.items() if owners > 1),
            interpreter=pick((None, EnvironmentPython(executable="bin/python", arch=pick(("", "i386", "x86_64 arm64")), exists=pick((None, False))))),
            path_files=tuple(PathFile(path=pick(("a.pth", "")), folders=("/x",), missing=("/gone",), code=("import os;",)) for _ in range(times(2))),
            user_site=pick((None, UserSite(path="/u", visible=True, installed=(SitePackage(name=pick(_NAMES), version=pick(_VERSIONS), path="p"),)))),
            eggs=tuple(Egg(name=pick(_NAMES), version=pick(_VERSIONS), path="a.egg", kind="folder", active=pick((True, False))) for _ in range(times(2))),
            conda=tuple(self._conda() for _ in range(times(3))),
            requirements=self.some(("tensorflow[and-cuda]", "jax[cuda12_pip]", "x[", "", "foo[a,b]==²"), 3),
            gpus=pick((None, None, (), (7,), (-1,))),
            libraries=tuple(self._library() for _ in range(times(14))),
            unmet=pick((None, (), (Unmet(path=self.path(), giver=pick(("torch", "x")), symbols=("_ZN", "x"), count=1, asked=self.some(_FOLDERS, 2)),))),
            system=pick((None, self._system())),
            leftovers=self.some(("~umpy",), 2),
            notes=self.some(("note",), 2),
            origin=pick((None, self._origin())),
        )

    def machine(self) -> Machine:
        pick, times = self.pick, self.random.randrange
        holds = (*_SONAMES, "bin/ptxas", "nvcc-12.4", "gcc-13", "libstdc++.so.6.0.x", "torch-2.0.dist-info")
        return Machine(
            os=OperatingSystem(
                family=pick(("linux", "linux", "windows", "macos")), name=pick(("", "macOS x")), glibc=pick((None, "2.41")), wsl=pick((None, "2"))
            ),
            arch=pick(("x86_64", "aarch64", "x")),
            cpu=Cpu(features=self.some(("avx", "sse4_2"), 2)),
            driver=pick((None, Driver(version=pick(("550.54.14", "", "x", "²")), cuda=pick((None, "12.4"))))),
            gpus=tuple(Gpu(name="x", uuid=pick((None, "GPU-a")), compute_capability=pick((None, "9.0", "12.0", "7"))) for _ in range(times(3))),
            toolkits=tuple(Toolkit(path="/usr/local/cuda", version="12.4") for _ in range(times(2))),
            cudnn=tuple(Cudnn(path="/usr/lib/libcudnn.so.8", version=pick(_VERSIONS)) for _ in range(times(2))),
            variables=FrozenMap({pick(_VARIABLES): pick(_VALUES) for _ in range(times(12))}),
            folders=tuple(
                NamedFolder(variable=pick((*_VARIABLES, "")), path=pick(_FOLDERS), exists=pick((True, False)), holds=self.some(holds, 5))
                for _ in range(times(5))
            ),
        )

    def _origin(self) -> Origin:
        programs = tuple(Program(path=path, interpreter="/old/bin/python") for path in self.some(("bin/x", "", "Scripts/y.exe"), 3))
        states: tuple[Any, ...] = ("here", "elsewhere", "gone", "kept", "unnamed", "")
        return Origin(folder=self.pick(("/old", "", "C:\\old")), named_by=self.pick(("bin/activate", "")), state=self.pick(states), programs=programs)

    def _installed(self) -> Installed:
        pick, times = self.pick, self.random.randrange
        name, version = pick(_NAMES), pick(_VERSIONS)
        return Installed(
            name=name,
            version=version,
            path=pick((f"{name}-{version}.dist-info", f"conda-meta/{name}.json", "../x-packages/a.dist-info", "")),
            requires=self.some(_LINES, 5),
            extras=self.some(("and-cuda", ""), 2),
            installer=pick(("", "pip", "conda", "x")),
            url=pick(("", "file:///", "/x")),
            tags=self.some(_TAGS, 3),
            files=tuple(
                OwnedFile(path=pick((self.path(), "x.dist-info/RECORD")), sha256=pick((None, "a", "b")), size_bytes=pick((None, 5))) for _ in range(times(4))
            ),
            missing=times(3),
            build=pick(("", "", "cpu_generic", "x_")),
        )

    def _facts(self) -> BuildFacts:
        pick = self.pick
        return BuildFacts(distribution=pick(_NAMES), cuda=pick((None, "12", "13.0")), cudnn=pick((None, "9", "8.9")), is_cuda_build=pick((None, True, False)))

    def _conda(self) -> CondaPackage:
        depends = self.some(("", "cudnn >=9.3,<10.0a0", "cudnn >=x", "a b c d", "numpy 1.*", "cudnn ["), 4)
        return CondaPackage(
            name=self.pick(_NAMES),
            version=self.pick(_VERSIONS),
            build=self.pick(("", "cuda126py311")),
            depends=depends,
            path="conda-meta/x.json",
            distribution=self.pick(("", *_NAMES)),
            missing_count=self.pick((0, 1)),
            replaced_by=self.pick(("", *_VERSIONS)),
        )

    def _library(self) -> Library:
        pick = self.pick
        linkage = Linkage(
            format=pick(("elf", "pe", "macho")),
            arch=pick(("x86_64", "aarch64", "")),
            soname=pick((None, *_SONAMES)),
            needed=self.some(_SONAMES, 8),
            search_path=self.some(_SEARCHED, 3),
            search_kind=pick((None, "rpath", "runpath")),
            needs_versions=self.some(_NEEDS, 4),
            executable_stack=pick((True, False)),
            faults=self.some(("breaks off",), 2),
        )
        return Library(path=self.path(), bytes=5, linkage=linkage, link=pick(("", "", self.path())))

    def _system(self) -> SystemLibraries:
        folders = tuple(Folder(path=self.pick(_FOLDERS), why=self.pick(("LD_LIBRARY_PATH", "default", "PATH"))) for _ in range(3))
        cached = FrozenMap({name: f"/usr/lib/{name}" for name in self.some(_SONAMES, 4)})
        return SystemLibraries(cached=cached, folders=folders, libraries=tuple(self._library() for _ in range(3)))
