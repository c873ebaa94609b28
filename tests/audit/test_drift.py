"""What counts as a change of a machine, and how it is told."""

from __future__ import annotations

from facts import RTX_4090, RTX_5090, V100, machine
from msgspec.structs import replace

from drivetrain.audit.drift import changes_between, drift_outcomes
from drivetrain.model.machine import Driver, Machine, OperatingSystem
from drivetrain.model.outcome import Fix
from drivetrain.model.plan import Reason

FIX = Fix(says="plan it again", commands=("drivetrain fix",))
SYSTEM = OperatingSystem(family="linux", name="Debian GNU/Linux 12", kernel="6.1", glibc="2.36")
BEFORE = replace(machine(RTX_4090, RTX_4090, driver="560.35.03", cuda="12.6"), os=SYSTEM)


def changes(**more: object) -> tuple[str, ...]:
    return changes_between(BEFORE, replace(BEFORE, **more))  # type: ignore[arg-type]


def test_the_same_machine_has_not_changed() -> None:
    assert changes() == ()
    (outcome,) = drift_outcomes((), (), FIX)
    assert (outcome.state, outcome.cause) == ("clear", "machine-changed")


def test_each_change_is_said_with_before_and_after() -> None:
    assert changes(driver=Driver(version="470.82.01", cuda="11.4")) == ("driver 560.35.03 → 470.82.01 (CUDA up to 12.6 → CUDA up to 11.4)",)
    assert changes(driver=None) == ("driver 560.35.03 is gone",)
    assert changes(gpus=(RTX_4090, RTX_4090, RTX_5090)) == ("GPU added: GeForce RTX 5090",)
    assert changes(gpus=(V100,)) == ("GPU removed: 2 × GeForce RTX 4090", "GPU added: Tesla V100-SXM2-16GB")
    assert changes(os=replace(SYSTEM, kernel="6.5", glibc="2.31")) == ("kernel 6.1 → 6.5", "glibc 2.36 → 2.31")
    assert changes(os=replace(SYSTEM, wsl="2")) == ("WSL none → 2",)


def test_what_is_not_known_is_no_change() -> None:
    described = Machine(os=OperatingSystem(family="linux"), gpus=(RTX_4090, RTX_4090), driver=Driver(version="560.35.03"), described=True)
    assert changes_between(BEFORE, described) == ()
    assert changes_between(BEFORE, replace(described, driver=None)) == ()


def test_a_card_in_another_slot_is_no_change() -> None:
    one, other = replace(RTX_4090, uuid="GPU-1"), replace(V100, uuid="GPU-2")
    assert changes_between(machine(one, other), machine(other, one)) == ()


def test_a_change_that_breaks_nothing_is_a_note() -> None:
    (outcome,) = drift_outcomes(("kernel 6.1 → 6.5",), (), FIX)
    assert (outcome.state, outcome.severity) == ("found", "note")
    assert "kernel 6.1 → 6.5" in outcome.says


def test_each_cause_is_one_finding_with_its_fix_and_evidence() -> None:
    reasons = tuple(Reason(cause="glibc-too-old", about=name, says=f"{name} needs glibc 2.28") for name in ("alpha", "beta"))
    lost, note = drift_outcomes(("glibc 2.36 → 2.17",), reasons, FIX)
    assert (lost.cause, lost.severity, lost.about, lost.fix) == ("glibc-too-old", "error", "alpha, beta", (FIX,))
    assert lost.evidence[0].text == "glibc 2.36 → 2.17"
    assert note.severity == "note"
    (gone, _) = drift_outcomes(("GPU removed: V100",), (Reason(cause="no-nvidia-gpu-on-machine", about="GPU", says="none"),), FIX)
    assert gone.severity == "warning"
