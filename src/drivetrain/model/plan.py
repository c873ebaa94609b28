"""What the planner answers: a plan with its reasons, or a refusal with its relaxations."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from drivetrain.model.documents import FrozenMap


class Reason(Struct, frozen=True, kw_only=True):
    """Why something does not hold: a relation's answer, with its sources and what it rests on."""

    cause: str
    """Slug with a page."""
    about: str
    """What it is said of: "tensorflow", "tensorflow==2.13.*", a GPU's name."""
    says: str
    version: str | None = None
    """The release it is said of, where it is said of one."""
    sources: tuple[str, ...] = ()
    because: tuple[Reason, ...] = ()


class Unknown(Struct, frozen=True, kw_only=True):
    """A relation's third answer: not known, so it permits, and is listed as an assumption."""

    says: str


class Package(Struct, frozen=True, kw_only=True):
    """One distribution of a plan."""

    name: str
    version: str
    asked_as: str = ""
    """The framework whose wheel it is, where that has names of its own: "cupy" for `cupy-cuda12x`; ages and reasons are about that name."""
    build: str = ""
    """"cu128", "cpu", "cuda12", "" where there is only one."""
    extras: tuple[str, ...] = ()
    cuda: str | None = None
    """The CUDA that this build was made with."""
    source: str = ""
    """Key of the place it comes from: "package index", "PyTorch's index", a find-links folder."""
    requested: bool = False
    local: str = ""
    """Local version segment that pins the build: "cu128" of `torch==2.10.0+cu128`; empty on the package index."""
    bytes: int | None = None

    @property
    def called(self) -> str:
        """The name by which ages, reasons and requirements speak of it."""
        return self.asked_as or self.name


class Cuda(Struct, frozen=True, kw_only=True):
    """The CUDA runtime of a plan, and how the driver stands to it."""

    version: str
    family: int
    driver_minimum: str | None = None
    compatibility: Literal["full", "minor-version"] = "full"
    jit: bool = True
    """Whether this driver can compile PTX made by that CUDA."""


class Finding(Struct, frozen=True, kw_only=True):
    """Something about the target worth saying beside a plan (a GPU without a driver, JIT on first start)."""

    cause: str
    says: str


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of the target or the request; only the fields that change are set."""

    os: str | None = None
    driver: str | None = None
    python: str | None = None
    gpus: tuple[int, ...] | None = None
    accelerator: str | None = None
    engine: str | None = None
    sources: str | None = None
    require: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class Edit(Change, frozen=True, kw_only=True, omit_defaults=True):
    """What a fix changes: the target, the request, and environment variables (None unsets)."""

    variables: FrozenMap[str | None] = field(default_factory=FrozenMap)

    @property
    def is_variables(self) -> bool:
        """Whether it changes variables and nothing else."""
        return bool(self.variables) and self == Edit(variables=self.variables)


class Alternative(Struct, frozen=True, kw_only=True):
    """Another stack that works, and what it costs against the plan."""

    what: str
    plan: Plan
    costs: str
    change: Change = Change()
    """What is typed for it; empty where nothing that is typed gives it."""


class Plan(Struct, frozen=True, kw_only=True, tag_field="status", tag="planned"):
    """One stack that works jointly on the target."""

    schema: Literal["drivetrain/plan/1"] = "drivetrain/plan/1"
    engine: Literal["pip", "conda"] = "pip"
    accelerator: Literal["cuda", "cpu", "mps"]
    sources: tuple[str, ...]
    python: str
    """"3.12"."""
    cuda: Cuda | None = None
    cudnn: str | None = None
    packages: tuple[Package, ...]
    """Frameworks in the request's order first, then companions and shared libraries by name."""
    requirements: tuple[str, ...] = ()
    """What goes to the resolver: the request's own requirements that the catalogue does not plan, as typed."""
    to_compile: tuple[Package, ...] = ()
    """Asked for, and published as source only: left to whoever installs, who compiles it in the finished environment; a finding says how."""
    reasons: tuple[Reason, ...] = ()
    assumptions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    download_bytes: int | None = None
    """Of the planned packages; the lock adds the small ones."""
    installed_bytes: int | None = None
    age_days: FrozenMap[int] = field(default_factory=FrozenMap)
    alternatives: tuple[Alternative, ...] = ()
    commands: tuple[str, ...] = ()
    variables: FrozenMap[str] = field(default_factory=FrozenMap)
    """Variables that the environment's activation and `run` set; `{prefix}` and `{site}` stand for the folders."""
    glibc: str | None = None
    """What its wheels need, where the target's own is not known and uv takes less for granted: the lock is made for it."""
    loader_paths: tuple[str, ...] = ()
    """Folders below site-packages that the dynamic loader must search ("nvidia/cudnn/lib"), for builds that do not look there."""

    def package(self, name: str) -> Package | None:
        return next((each for each in self.packages if name in (each.name, each.asked_as)), None)


class Relaxation(Struct, frozen=True, kw_only=True):
    """The smallest change under which the request is served, already planned."""

    change: Change
    says: str
    plan: Plan
    diff: str = ""
    """Unified diff of the files that asked, where the change is one of them; empty otherwise."""


class Refusal(Struct, frozen=True, kw_only=True, tag_field="status", tag="refused"):
    """No stack: the relations that collide, and what would work."""

    schema: Literal["drivetrain/plan/1"] = "drivetrain/plan/1"
    refusal: tuple[Reason, ...]
    relaxations: tuple[Relaxation, ...] = ()
    findings: tuple[Finding, ...] = ()
