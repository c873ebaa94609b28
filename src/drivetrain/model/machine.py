"""What a machine is: operating system, GPUs, driver, and what lies on its disk that a plan depends on."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from drivetrain.model.documents import FrozenMap

OsFamily = Literal["linux", "windows", "macos"]
Numbers = Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})*$")]
"""A version that is compared by its numbers: a machine file that has anything else in its place is refused, with the place."""
MUSL = "musl "
"""Begins the text of a C library that is not glibc."""


class OperatingSystem(Struct, frozen=True, kw_only=True):
    """The operating system; `uname -sr`, `/etc/os-release`, `ldd --version` show the same."""

    family: OsFamily
    name: str = ""
    """As the system calls itself: "Debian GNU/Linux 12", "Windows 10 22H2"."""
    kernel: str | None = None
    glibc: Numbers | None = None
    """"2.36"; None on musl, Windows, macOS."""
    musl: Numbers | None = None
    """"1.2" where the C library is musl (Alpine; `ldd` prints it), which no wheel for glibc runs on."""
    wsl: str | None = None
    """"1" or "2" inside the Windows Subsystem for Linux."""
    container: str | None = None
    """"docker", "podman", "kubernetes", "lxc", ... or None on the host."""
    distribution: str | None = None
    """The `ID` of /etc/os-release ("debian", "ubuntu", "fedora"): decides the driver package's name."""

    @property
    def release(self) -> str | None:
        """What wheels ask of the system: its glibc ("2.36"), its musl ("musl 1.2") or its macOS ("14.5"); None where it is not known."""
        if self.family == "macos":
            found = re.fullmatch(r"macOS (\d+(?:\.\d+)*)", self.name)
            return found[1] if found else None
        return self.glibc or (f"{MUSL}{self.musl}" if self.musl else None)


class Cpu(Struct, frozen=True, kw_only=True):
    """The processor (`lscpu`)."""

    model: str = ""
    cores: int | None = None
    features: tuple[str, ...] = ()
    """Lower case, as /proc/cpuinfo spells them; only those that wheels ask for (avx, avx2, fma, avx512f, sse4_1, ...)."""


class Driver(Struct, frozen=True, kw_only=True):
    """The NVIDIA driver (`nvidia-smi --query-gpu=driver_version`)."""

    version: str
    """Empty where several machines are one and their drivers cannot be compared."""
    cuda: Numbers | None = None
    """The driver ceiling, "12.4": the highest CUDA that this driver serves (`nvidia-smi`, top right)."""
    source: str = "nvml"
    """nvml | libcuda | nvidia-smi | proc | described."""


class Gpu(Struct, frozen=True, kw_only=True):
    """One GPU (`nvidia-smi --query-gpu=name,uuid,compute_cap,memory.total,memory.used,utilization.gpu`)."""

    name: str
    vendor: Literal["nvidia", "amd", "intel", "apple"] = "nvidia"
    uuid: str | None = None
    compute_capability: Numbers | None = None
    """"8.9"; None where it is not known."""
    memory_total_bytes: int | None = None
    memory_used_bytes: int | None = None
    utilization_percent: int | None = None
    pci_id: str | None = None
    """vendor:device in lower-case hex, "10de:2684"."""
    driver_bound: bool | None = None
    """Whether the NVIDIA driver answers for it; False for a GPU seen only on the PCI bus."""


class Toolkit(Struct, frozen=True, kw_only=True):
    """A CUDA toolkit on disk (`nvcc --version`)."""

    path: str
    version: Numbers


class Cudnn(Struct, frozen=True, kw_only=True):
    """A cuDNN on disk outside any environment, by its header or library name."""

    path: str
    version: str


class NamedFolder(Struct, frozen=True, kw_only=True):
    """A folder that a variable names, or that every process looks into, and what is in it of what rules ask for."""

    variable: str
    """"LD_LIBRARY_PATH"; "SystemRoot" for System32 of Windows; "PATH" for where nvcc is; "CC" for gcc; empty for where the probe was started."""
    path: str
    exists: bool
    holds: tuple[str, ...] = ()
    """Names of CUDA's and the C++ runtime's libraries, of packages of Python and their dist-info; of a toolkit "bin/ptxas" and the like."""


class Interpreter(Struct, frozen=True, kw_only=True):
    """A Python interpreter (`python --version`)."""

    path: str
    version: str
    source: str = "path"
    """path | pyenv | uv | conda | py-launcher | asked."""


class EnvironmentPlace(Struct, frozen=True, kw_only=True):
    """An environment seen on the machine, not looked into."""

    path: str
    kind: Literal["venv", "conda", "system"]


class Index(Struct, frozen=True, kw_only=True):
    """A place that packages come from, as pip's and uv's own configuration names it."""

    kind: Literal["index", "find-links", "conda"]
    name: str
    """URL without credentials, or path of the find-links folder."""
    reachable: bool | None = None
    """None unless asked (`--check-indexes`)."""
    origin: str = ""
    """The file or variable that names it: "pip.conf", "PIP_FIND_LINKS", "uv.toml", "default"."""


class Note(Struct, frozen=True, kw_only=True):
    """Something noticed while looking: a source that failed, or two that disagree."""

    cause: str
    """Slug with a page."""
    says: str


class Machine(Struct, frozen=True, kw_only=True):
    """One machine, probed, read from a file or described by flags."""

    schema: Literal["drivetrain/machine/1"] = "drivetrain/machine/1"
    os: OperatingSystem
    arch: str = "x86_64"
    """x86_64 | aarch64 | arm64 (macOS)."""
    cpu: Cpu = field(default_factory=Cpu)
    memory_bytes: int | None = None
    disk_free_bytes: int | None = None
    shared_memory_bytes: int | None = None
    """Size of /dev/shm (`df -B1 /dev/shm`)."""
    driver: Driver | None = None
    gpus: tuple[Gpu, ...] = ()
    toolkits: tuple[Toolkit, ...] = ()
    cudnn: tuple[Cudnn, ...] = ()
    pythons: tuple[Interpreter, ...] | None = ()
    """None: every Python counts (a described target)."""
    environments: tuple[EnvironmentPlace, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[str, ...] = ()
    """Requirements of the user's own pip or uv configuration that bind every install on this machine."""
    variables: FrozenMap[str] = field(default_factory=FrozenMap)
    folders: tuple[NamedFolder, ...] = ()
    """Those that the variables name, in the order of each; one that is missing here was not looked at."""
    notes: tuple[Note, ...] = ()
    described: bool = False
    """True when flags described it: nothing here was seen."""

    @property
    def nvidia_gpus(self) -> tuple[Gpu, ...]:
        return tuple(gpu for gpu in self.gpus if gpu.vendor == "nvidia")
