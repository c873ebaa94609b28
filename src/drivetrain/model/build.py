"""One build of a release as the planner weighs it, the framework it belongs to, and the target it must run on."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from drivetrain.model.catalogue import LibraryCode, Requirement, Wheel
from drivetrain.model.opening import Opening


class Bundle(Struct, frozen=True, kw_only=True):
    """The CUDA wheels that a framework needs beside it where its own metadata names none; source in `sources`."""

    before: str = ""
    """Releases below this version need it; empty for every later one."""
    since: str = ""
    """First release that it is for; empty for all."""
    os: Literal["linux", "windows", "macos"] = "linux"
    family: int
    libraries: tuple[tuple[str, str], ...]
    """(distribution, component): "cuda" is bounded by the build's CUDA, "release" is that CUDA alone, "cudnn" is bounded by its cuDNN, "" by nothing."""
    names: tuple[str, ...] = ()
    """The wheels that it is for, where a framework's builds have names of their own; empty for all."""
    extras: tuple[str, ...] = ()
    """Extras of the release that bring the libraries; all of them together."""
    loader_paths: tuple[str, ...]
    """Folders below site-packages that the loader must be told of."""
    sources: tuple[str, ...]


class PageExtra(Struct, frozen=True, kw_only=True):
    """An extra of old releases of a framework that asks for wheels of its release page."""

    extra: str
    family: int
    since: str
    before: str
    libraries: tuple[tuple[str, str], ...] = ()
    """As in `Bundle`: the CUDA wheels that must come along where the extra names none."""
    loader_paths: tuple[str, ...] = ()


class WheelPage(Struct, frozen=True, kw_only=True):
    """A framework's own page of wheels, which pip and uv take as find-links."""

    place: str
    url: str
    distributions: tuple[str, ...]
    """Whose wheels lie there; a build that needs them goes with no wheel of the index of that name."""
    extras: tuple[PageExtra, ...] = ()


class Served(Struct, frozen=True, kw_only=True):
    """A distribution of others that computes with a framework although its metadata requires none."""

    name: str
    versions: str = ""
    """Specifier of its releases that can; empty for all."""
    by_default: bool = False
    """Whether this framework comes along where none that it computes with was asked for."""
    variable: tuple[str, str] | None = None
    """(name, value) by which it is told to compute with this framework; None where it needs none."""
    is_choice: bool = False
    """Whether that variable chooses one of several frameworks, the default one needing none."""
    extra: str = ""
    """Its extra that brings what it needs beside this framework."""
    gpus: str = ""
    """Which GPUs it lets the framework use, where it is a plug-in for such: "Apple", "DirectX 12"."""


class OsRule(Struct, frozen=True, kw_only=True):
    """Releases of a framework that cannot use a GPU on an operating system although they install there."""

    os: Literal["linux", "windows", "macos"]
    wsl: bool = False
    """Whether the rule holds in WSL as well."""
    since: str = ""
    """First release that it holds for; empty for all."""
    cause: str
    sources: tuple[str, ...]


class OtherGpu(Struct, frozen=True, kw_only=True):
    """How a framework uses GPUs that are not NVIDIA's: with the same wheel, or with a build that is known and not planned."""

    vendor: Literal["amd", "intel", "apple"]
    systems: tuple[str, ...]
    """Operating systems: "linux", "windows", "macos"."""
    how: str
    """What it is called: "ROCm", "XPU", "Metal (device mps)"."""
    build: str = ""
    """How the labels of such builds begin in `other_accelerators.json` of the framework's folder; empty where the same wheel serves."""
    line: str = ""
    """The command that installs it, with {version} and {build}."""
    sources: tuple[str, ...]


class Framework(Struct, frozen=True, kw_only=True):
    """Everything that the planner must know of a framework beyond its releases; one value per folder of `frameworks/`."""

    name: str
    distribution: str
    title: str
    import_name: str
    companions: tuple[str, ...] = ()
    """Distributions that age with it when asked for: torchvision, torchaudio."""
    renamed: tuple[tuple[str, str], ...] = ()
    """(name typed, what it became)."""
    parts: tuple[tuple[str, str], ...] = ()
    """(distribution, operating system) that held its binaries there for a while and came with it: asked for by that name the framework is meant."""
    borrows: tuple[str, ...] = ()
    """Frameworks that some of its releases require as plain libraries: that these can use the GPU is not asked."""
    names: tuple[str, ...] = ()
    """Distributions that its CUDA builds are published as, where that is not its own name: one per CUDA family or version, as the build rows say."""
    unnamed: tuple[str, ...] = ()
    """Distributions that it imports and that its metadata does not name; for a framework with `names`."""
    two_names: str = ""
    """The page of two of its wheels in one environment; empty for the common one."""
    reads_system: bool = False
    """Whether a build without a bundle loads the CUDA libraries of the system: then the machine must have them, and the plan says so."""
    retired: tuple[str, str] | None = None
    """(cause, source) of a framework that is no longer made: a plan of it says so."""
    cpu_twins: tuple[str, ...] = ()
    """Names under which its CPU build is published as well; a name asked for stays."""
    nightly: str = ""
    """The distribution of its nightly builds, which has the same extras; asked for it stays."""
    nightly_index: tuple[tuple[str, ...], str] | None = None
    """(names that people type for its nightly builds, the index where these lie under its own name)."""
    serves: tuple[Served, ...] = ()
    line_parts: tuple[tuple[str, int], ...] = (("0", 2),)
    """(from version, parts): how many parts of a version make its line (X.Y), newest first."""
    extras: tuple[tuple[int, str], ...] = ()
    """(CUDA family, extra) that brings the CUDA libraries."""
    dispensable: tuple[str, ...] = ()
    """What the extras of some releases require and the framework runs without: left out where it cannot be had."""
    libraries: tuple[str, ...] = ()
    """Shared libraries that must hold code for the GPU; others of its wheels are optional."""
    openings: tuple[Opening, ...] = ()
    """What it opens itself when it is imported and uses a GPU, in its order."""
    bundles: tuple[Bundle, ...] = ()
    cpu_extra: str = ""
    """The extra by which old releases, which require no library of their own, name that of the CPU."""
    page: WheelPage | None = None
    os_rules: tuple[OsRule, ...] = ()
    processor: tuple[tuple[str, str, str], ...] = ()
    """(specifier, feature, source): instructions that the x86_64 wheels of these releases use on every CPU; without them the process stops on import."""
    other_gpus: tuple[OtherGpu, ...] = ()
    index_holds: tuple[str, ...] = ()
    """Distributions of others whose wheels for some platforms lie on its own index alone."""
    wheel_index: tuple[str, str] | None = None
    """(place, URL) of the framework's own wheel index, "{build}" in the URL."""
    labels_wheels: bool = True
    """Whether wheels of that index carry the build as local version (`+cu126`); False where only its address tells the builds apart."""
    sources: tuple[str, ...] = ()

    @property
    def kept_names(self) -> tuple[str, ...]:
        """Names that are planned as they are asked for: of its CPU builds and of its nightly ones."""
        return (*self.cpu_twins, self.nightly) if self.nightly else self.cpu_twins


class Build(Struct, frozen=True, kw_only=True):
    """One build of a release: what can be chosen."""

    distribution: str
    """The framework's own, where its builds have names of their own."""
    version: str
    published_as: str = ""
    """The name that its wheel has on the index, where that is not `distribution`: `cupy-cuda12x`."""
    build: str = ""
    extras: tuple[str, ...] = ()
    place: str = "index"
    local: str = ""
    dated: str = ""
    """The date that counts for its age: of the first final of its line, or of a higher line if that is earlier."""
    family: int | None = None
    cuda: str | None = None
    cudnn: str | None = None
    brings_cuda: bool = False
    """Whether it holds NVIDIA libraries or requires any."""
    bundled: bool = False
    """Whether the CUDA libraries lie inside the wheel, or are the system's: its own CUDA and cuDNN are then the environment's."""
    wheels: tuple[Wheel, ...] = ()
    pythons: tuple[str, ...] | None = None
    """Interpreter tags where no wheel list is known."""
    assumption: str = ""
    """What is taken for granted with it, in words."""
    built_here: bool = False
    """It exists as source alone, and is a library without compiled code that may be built where it is installed."""
    requires_python: str = ""
    requires: tuple[Requirement, ...] = ()
    near: tuple[str, ...] = ()
    """Distributions among `requires` of which the version nearest above its bound is meant, not the newest."""
    code: tuple[LibraryCode, ...] | None = None
    """Device code of the libraries that must hold some; None: unknown."""
    loader_paths: tuple[str, ...] = ()
    yanked: bool = False
    prerelease: bool = False
    variant: str = ""
    """Companions must come from the same variant as their framework ("index", "cu126"); empty where nothing must match."""
    known: bool = True
    """False: the catalogue has no row for it, only its index page and METADATA."""
    complete: bool = True
    """False: some of its requirements are not known."""
    typed: tuple[str, ...] = ()
    """What a person types for it where uv does not install it: "pytorch=2.10.0=cuda129*"."""
    reads_system: bool = False
    """Whether it loads the CUDA libraries of the system: no wheel beside it brings them."""
    suits: tuple[str, ...] = ()
    """A companion's: CUDA of the framework's build that it has code for ("12", "12.4", "cpu"); empty where it is not known."""
    capability: str = ""
    """The lowest compute capability that a document says it works on."""
    without_cuda: bool = False
    """A companion's: it holds no CUDA code although other wheels of it do."""
    from_source: str = ""
    """"compiled", "beside" or "plain" (as in `Companion`) for a release without any wheel: whoever wants it builds it; empty for wheels."""
    sources: tuple[str, ...] = ()

    @property
    def wheel_name(self) -> str:
        """The name of its wheel on the index."""
        return self.published_as or self.distribution


class Target(Struct, frozen=True, kw_only=True):
    """What a plan must run on, as the relations ask it."""

    os: Literal["linux", "windows", "macos"]
    wsl: bool = False
    arch: str = "x86_64"
    release: str | None = None
    """What wheels ask of the system: its glibc ("2.36"), its musl ("musl 1.2") or its macOS ("14.5"); None where it is not known."""
    accelerator: Literal["cuda", "cpu", "mps"] = "cuda"
    driver: str | None = None
    ceiling: str | None = None
    """The highest CUDA that the driver serves in full."""
    capabilities: tuple[str, ...] = ()
    """Of every GPU that must be served, without repetition; GPUs of unknown capability are left out."""
    gpu_names: tuple[tuple[str, str], ...] = ()
    """(capability, name) for texts."""
    unknown_gpus: tuple[str, ...] = ()
    """Names of the GPUs that must be served and whose capability is not known."""
    pythons: tuple[str, ...] = ()
    """Minor versions that may be chosen, best first."""
    places: tuple[str, ...] = ("index",)
    cpu_features: tuple[str, ...] = ()

    @property
    def all_conda(self) -> bool:
        """Whether every package comes from conda-forge."""
        return self.places == ("conda-forge",)

    @property
    def platform(self) -> str:
        arch = {"arm64": "aarch64", "amd64": "x86_64"}.get(self.arch, self.arch)
        if self.os == "macos":
            return "macos-arm64" if arch == "aarch64" else "macos-x86_64"
        return f"{self.os}-{arch}"
