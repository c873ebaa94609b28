"""What still holds of a real plan after its machine has changed; the facts are the shipped ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.promised import environment_of
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.install import Owner
from drivetrain.model.documents import encode
from drivetrain.model.lock import Artifact, Lock
from drivetrain.model.machine import Driver, Gpu, Machine
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of
from drivetrain.workflows.differing import differences
from drivetrain.workflows.drift import drift_of, holds_no_longer
from drivetrain.workflows.engine import engine_settings
from drivetrain.workflows.keeping import nearest
from drivetrain.workflows.machine import changed_machine
from drivetrain.workflows.resolving import Bench

MACHINES = Path(__file__).parents[1] / "machines"
RTX_5090 = Gpu(name="NVIDIA GeForce RTX 5090", compute_capability="12.0")
WHEEL = Artifact(name="numpy", version="2.0.0", file="numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", bytes=1, sha256="0" * 64)


SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command in an empty folder, with the indexes that this machine is configured with."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DRIVETRAIN_", "LC_", "LANG", "VIRTUAL_ENV", "CONDA"))}
        variables = {**kept, "PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", "DRIVETRAIN_CACHE_DIR": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "drivetrain", *words]
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=600, check=False)

    return run


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


@pytest.mark.install
@pytest.mark.timeout(900)
def test_a_real_environment_on_another_machine(tmp_path: Path, process: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A stack for the CPU, installed from the configured index; then its machine gets an older C library, and a GPU."""
    made = process("up", "jax", "--accelerator", "cpu", "--yes")
    assert made.returncode == 0, made.stderr
    assert process("audit").returncode == 0
    assert process("probe", "--save", "here.json").returncode == 0
    now = machine_of((tmp_path / "here.json").read_text(), "here.json")
    (tmp_path / "old.json").write_bytes(encode(replace(now, os=replace(now.os, glibc="2.12", kernel="3.10"))))
    audited = process("audit", "--machine", "old.json", "--json")
    assert audited.returncode == 1
    found = [each for each in json.loads(audited.stdout)["outcomes"] if each["state"] == "found"]
    assert "jaxlib" in {each["about"] for each in found if each["cause"] == "glibc-too-old"}
    assert ["glibc" in each["says"] for each in found if each["cause"] == "machine-changed"] == [True]
    (tmp_path / "better.json").write_bytes(encode(replace(now, gpus=(RTX_5090,), driver=Driver(version="580.65.06", cuda="13.0"))))
    better = process("audit", "--machine", "better.json")
    assert better.returncode == 0
    assert "GPU added" in better.stdout
    fixed = process("fix", "--machine", "old.json", "--json")
    assert (fixed.returncode, json.loads(fixed.stdout)["schema"]) == (3, "drivetrain/fix/1")
    assert process("fix").stdout.startswith(".venv  nothing to fix")


@pytest.mark.index
def test_the_smallest_change_keeps_what_still_fits() -> None:
    """A driver that went back from CUDA 13 to 12: jax keeps its release and takes another build, torch takes an older one, the rest stays."""
    before = changed("rtx-4090-driver-560", driver=Driver(version="580.65.06", cuda="13.0"))
    request = Request(wishes=(wish_of("torch"), wish_of("jax")), sources="index")
    plan = solve(request, before, facts(), relaxations=False)
    assert isinstance(plan, Plan)
    assert plan.cuda is not None
    assert plan.cuda.family == 13
    environment = environment_of(plan, target_of(request, before, facts().frameworks), facts())
    settings = engine_settings(request, facts().frameworks, cache_dir=None, offline=False)
    bench = Bench(machine=machine("rtx-4090-driver-560"), facts=facts(), settings=settings, interpreter=lambda plan: plan.python)
    found = nearest(request, environment, frozenset({"torch", "jax"}), bench)
    assert isinstance(found.plan, Plan)
    changes = {each.name: each for each in differences(environment, found.plan, found.lock) if each.before is not None}
    assert found.plan.cuda is not None
    assert found.plan.cuda.family == 12
    assert "jax" not in changes
    assert "numpy" not in changes
    assert changes["torch"].after
