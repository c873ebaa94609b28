"""What a proof says: one verdict per framework, device and check."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Subject(Struct, frozen=True, kw_only=True):
    """One framework under proof."""

    name: str
    distribution: str
    import_name: str
    script: str
    """Path of its `verify.py`."""
    on_gpu: bool = True
    """Whether its build is meant to compute on the GPU; False for a CPU build beside others."""


class Verdict(Struct, frozen=True, kw_only=True):
    """One check's answer."""

    framework: str
    """A framework, or "tensorflow+torch" for an import order."""
    device: str
    """"cuda:0", "cpu", "-" where no device takes part."""
    check: str
    state: Literal["passed", "failed", "skipped"]
    says: str
    error_relative: float | None = None
    """Largest deviation from float64 NumPy over the largest reference value."""
    seconds: float | None = None
    cause: str | None = None
    """Slug, where a failure has a known cause."""
    log: str | None = None
    """The last lines that the framework printed before a failure."""


class Proof(Struct, frozen=True, kw_only=True):
    """Every verdict about an environment."""

    schema: Literal["drivetrain/verify/1"] = "drivetrain/verify/1"
    prefix: str
    verdicts: tuple[Verdict, ...]
    device_checks_ran: bool = False
    """Whether any check ran on a GPU."""

    def failed(self) -> tuple[Verdict, ...]:
        return tuple(each for each in self.verdicts if each.state == "failed")
