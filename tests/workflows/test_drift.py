"""What still holds of a real plan after its machine has changed; the facts are the shipped ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.install import Owner
from drivetrain.model.lock import Artifact, Lock
from drivetrain.model.machine import Driver, Gpu, Machine
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.solve import solve
from drivetrain.workflows.drift import drift_of, holds_no_longer
from drivetrain.workflows.machine import changed_machine

MACHINES = Path(__file__).parents[1] / "machines"
RTX_5090 = Gpu(name="NVIDIA GeForce RTX 5090", compute_capability="12.0")
WHEEL = Artifact(name="numpy", version="2.0.0", file="numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", bytes=1, sha256="0" * 64)


@cache
def facts() -> Catalogue:
    return catalogue()


def machine(name: str) -> Machine:
    return machine_of((MACHINES / f"{name}.json").read_text(), name)


@cache
def owner(name: str, *asked: str, gpus: tuple[int, ...] | None = None) -> Owner:
    """Gives an environment of ours as it was made on that machine."""
    request = Request(wishes=tuple(wish_of(each) for each in asked), sources="index", gpus=gpus)
    plan = solve(request, machine(name), facts(), relaxations=False)
    assert isinstance(plan, Plan)
    lock = Lock(path="pylock.toml", text="", python="3.12", artifacts=(WHEEL,))
    return Owner(prefix="/env", kind="ours", plan=plan, request=request, lock=lock, machine=machine(name))


def found(made: Owner, now: Machine) -> dict[str, Outcome]:
    return {each.cause: each for each in drift_of(made, now, facts()) if each.state == "found"}


def changed(name: str, **more: Any) -> Machine:
    return replace(machine(name), **more)


def test_nothing_is_found_where_nothing_has_changed() -> None:
    made = owner("rtx-4090-driver-560", "torch", "jax")
    (outcome,) = drift_of(made, machine("rtx-4090-driver-560"), facts())
    assert outcome.state == "clear"


@pytest.mark.parametrize("name", ["rtx-4090-driver-560", "v100-driver-580", "rtx-3090-driver-470", "h100-driver-570", "cpu-debian-12"])
def test_a_better_machine_is_a_note_at_most(name: str) -> None:
    before = machine(name)
    driver = Driver(version="590.44.01", cuda="13.1") if before.driver else None
    now = replace(before, driver=driver, os=replace(before.os, kernel="9.9", glibc="2.99"))
    assert {(each.cause, each.severity) for each in found(owner(name, "torch"), now).values()} == {("machine-changed", "note")}


def test_a_driver_that_went_back_is_too_old() -> None:
    now = changed("rtx-4090-driver-560", driver=Driver(version="470.82.01", cuda="11.4"))
    outcomes = found(owner("rtx-4090-driver-560", "torch", "jax"), now)
    assert outcomes["driver-too-old-for-cuda"].severity == "error"
    assert "torch" in outcomes["driver-too-old-for-cuda"].about
    assert outcomes["driver-too-old-for-cuda"].fix[0].commands == ("drivetrain fix /env",)
    assert "470.82.01" in outcomes["machine-changed"].says
    assert holds_no_longer(owner("rtx-4090-driver-560", "torch", "jax"), now, None)


def test_a_gpu_that_no_build_serves_is_named() -> None:
    made = owner("rtx-3090-driver-470", "torch")
    now = changed("rtx-3090-driver-470", gpus=(*machine("rtx-3090-driver-470").gpus, RTX_5090))
    outcome = found(made, now)["compute-capability-not-in-build"]
    assert "RTX 5090" in outcome.says
    # One that was never meant does not count.
    assert set(found(owner("rtx-3090-driver-470", "torch", gpus=(0,)), now)) == {"machine-changed"}


def test_without_its_gpu_or_its_driver_a_stack_computes_on_the_cpu() -> None:
    made = owner("rtx-4090-driver-560", "torch")
    assert found(made, changed("rtx-4090-driver-560", gpus=()))["no-nvidia-gpu-on-machine"].severity == "warning"
    assert found(made, changed("rtx-4090-driver-560", driver=None))["no-nvidia-driver"].severity == "warning"


def test_an_older_c_library_stops_wheels_that_no_catalogue_plans_too() -> None:
    before = machine("cpu-debian-12")
    outcome = found(owner("cpu-debian-12", "jax"), replace(before, os=replace(before.os, glibc="2.17")))["glibc-too-old"]
    assert "numpy" in outcome.about
    assert outcome.severity == "error"


def test_another_platform_is_one_finding() -> None:
    outcomes = found(owner("cpu-debian-12", "jax"), changed_machine(None, os="linux", arch="aarch64", gpus=(), driver=None, glibc=None))
    assert set(outcomes) == {"platform-without-build", "machine-changed"}
    assert "linux-aarch64" in outcomes["platform-without-build"].says


def test_an_environment_without_a_record_of_its_machine_has_no_drift() -> None:
    made = replace(owner("cpu-debian-12", "jax"), machine=None)
    assert drift_of(made, machine("rtx-4090-driver-560"), facts()) == ()
