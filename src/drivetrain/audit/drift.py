"""Tells what has changed of a machine since an environment was made on it, and what of the environment's plan no longer holds because of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from drivetrain.model.machine import Gpu, Machine
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.model.plan import Reason
from drivetrain.words import say

MACHINE = "machine"
"""What these answers are about where no distribution of its own is concerned."""

_STILL_RUNS = ("no-nvidia-gpu-on-machine", "no-nvidia-driver")
"""Without a GPU, or without its driver, everything computes on the CPU."""


def changes_between(before: Machine, after: Machine) -> tuple[str, ...]:
    """Says each change of what a stack rests on: system, kernel, C library, driver, GPUs; what either does not know is no change."""
    system = (
        (say("operating system"), *_systems(before, after)),
        (say("architecture"), _plain(before.arch), _plain(after.arch)),
        ("WSL", before.os.wsl or say("none"), after.os.wsl or say("none")),
        (say("container"), before.os.container or say("none"), None if after.described else after.os.container or say("none")),
        (say("kernel"), before.os.kernel, after.os.kernel),
        ("glibc", before.os.glibc, after.os.glibc),
    )
    said = [say("{what} {before} → {after}", what=what, before=old, after=new) for what, old, new in system if old and new and old != new]
    return (*said, *_driver(before, after), *_gpus(before.nvidia_gpus, after.nvidia_gpus))


def drift_outcomes(changes: tuple[str, ...], reasons: Iterable[Reason], fix: Fix) -> tuple[Outcome, ...]:
    """Gives one outcome for each cause that no longer lets the plan hold, and one that says what has changed."""
    if not changes:
        return (Outcome(cause="machine-changed", state="clear", severity="note", about=MACHINE, says=say("the machine is as it was when this was made")),)
    evidence = tuple(Evidence(text=each) for each in changes)
    by_cause: dict[str, list[Reason]] = {}
    for each in reasons:
        by_cause.setdefault(each.cause, []).append(each)
    lost = tuple(_lost(cause, several, evidence, fix) for cause, several in by_cause.items())
    listed = say("; ").join(changes)
    says = (
        say("since this was made the machine has changed: {changes}; what no longer holds is said apart", changes=listed)
        if lost
        else say("since this was made the machine has changed: {changes}; all that the plan rests on still holds", changes=listed)
    )
    return (*lost, Outcome(cause="machine-changed", state="found", severity="note", about=MACHINE, says=says))


def _lost(cause: str, reasons: list[Reason], evidence: tuple[Evidence, ...], fix: Fix) -> Outcome:
    severity: Severity = "warning" if cause in _STILL_RUNS else "error"
    first, further = reasons[0], len(reasons) - 1
    says = say("{reason}; so do {count} further distributions", reason=first.says, count=further) if further else first.says
    about = ", ".join(dict.fromkeys(each.about for each in reasons[:5]))
    return Outcome(cause=cause, state="found", severity=severity, about=about, says=says, evidence=evidence, fix=(fix,), sources=first.sources)


def _systems(before: Machine, after: Machine) -> tuple[str, str]:
    """Gives both by name; a description has none, and says no more than the family."""
    if before.os.family == after.os.family and not (before.os.name and after.os.name):
        return before.os.family, after.os.family
    return before.os.name or before.os.family, after.os.name or after.os.family


def _plain(arch: str) -> str:
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(arch, arch)


def _driver(before: Machine, after: Machine) -> Iterable[str]:
    old, new = before.driver, after.driver
    if old and new and old.version and new.version and old.version != new.version:
        ceilings = [say("CUDA up to {ceiling}", ceiling=each.cuda) for each in (old, new) if each.cuda]
        told = f" ({' → '.join(ceilings)})" if len(set(ceilings)) == 2 else ""
        yield say("driver {before} → {after}", before=old.version, after=new.version) + told
    elif old and not new and not after.described:
        yield say("driver {before} is gone", before=old.version)
    elif new and not old:
        yield say("driver {after} is new", after=new.version)


def _gpus(before: tuple[Gpu, ...], after: tuple[Gpu, ...]) -> Iterable[str]:
    """Counts by model: the same card in another slot is no change."""
    old, new = Counter(map(_model, before)), Counter(map(_model, after))
    for model, count in (old - new).items():
        yield say("GPU removed: {gpu}", gpu=_counted(model, count))
    for model, count in (new - old).items():
        yield say("GPU added: {gpu}", gpu=_counted(model, count))


def _model(gpu: Gpu) -> str:
    return gpu.name.removeprefix("NVIDIA ").strip()


def _counted(model: str, count: int) -> str:
    return model if count == 1 else f"{count} × {model}"
