"""The document of several plans: for several machines, the targets of a project, or an environment for each CUDA family."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.plan import Plan, Reason, Refusal


class PlatformOf(Struct, frozen=True, kw_only=True):
    """What a plan was made for, so that `install` can tell which of several is for the machine at hand."""

    os: str
    wsl: bool = False
    arch: str
    capabilities: tuple[str, ...] = ()
    """Of the GPUs, sorted."""


class PlanFor(Struct, frozen=True, kw_only=True, rename={"names": "for"}):
    """One of several plans, and what it is for."""

    names: tuple[str, ...]
    """The requirements that this environment serves."""
    machines: tuple[str, ...] = ()
    """The machine files or targets that it is for; empty for the one target."""
    plan: Plan | Refusal
    prefix: str = ""
    """Where this environment goes when several are made in one place: "./.venv-cu12"."""
    platform: PlatformOf | None = None


class Plans(Struct, frozen=True, kw_only=True):
    """Several environments or several machines."""

    schema: Literal["drivetrain/plans/1"] = "drivetrain/plans/1"
    plans: tuple[PlanFor, ...]
    agreed: FrozenMap[str] = field(default_factory=FrozenMap)
    """Requested distributions that are of one release in every plan that has them; also "python", "cuda" and "cudnn" where all plans have the same."""
    apart: tuple[Reason, ...] = ()
    """Why there is more than one plan, and what being of one release costs."""
    fewest: bool | None = None
    """Whether fewer plans are proven impossible; None where their number was asked for."""
