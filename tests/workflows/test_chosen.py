"""Which of several plans `install` takes: the one for this machine, or the one that is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.errors import UsageError
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plans import Plans
from drivetrain.model.request import Request
from drivetrain.workflows.chosen import chosen
from drivetrain.workflows.families import plans_by_family
from drivetrain.workflows.machine import changed_machine
from drivetrain.workflows.parties import Member
from drivetrain.workflows.several import plans_for

MACHINES = Path(__file__).parents[1] / "machines"


class Settings:
    offline = True
    cache_dir: str | None = None


@cache
def facts() -> Catalogue:
    return catalogue()


@cache
def machine(name: str) -> Machine:
    return machine_of((MACHINES / f"{name}.json").read_text(), name)


def request(*texts: str) -> Request:
    return Request(wishes=tuple(wish_of(each) for each in texts), sources="index")


@cache
def plans(*names: str) -> Plans:
    members = tuple(Member(name=f"{each}.json", machine=machine(each), request=request("jax")) for each in names)
    return plans_for(members, Settings())


def taken(found: Plans, here: Any, wanted: str | None = None) -> tuple[str, ...]:
    return chosen(found, wanted, here, "plans.json", facts()).machines


def test_the_plan_of_this_platform_and_gpu_is_taken() -> None:
    found = plans("rtx-3090-driver-470", "rtx-5090-driver-575", "mac-m2", "cpu-debian-12")
    for name in ("rtx-5090-driver-575", "mac-m2"):
        assert f"{name}.json" in taken(found, machine(name))
    # Nothing on this list is for it, but what was made for the newest GPU serves it too.
    assert "rtx-5090-driver-575.json" in taken(found, machine("h100-driver-570"))


def test_a_machine_that_none_is_for_is_refused() -> None:
    found = plans("rtx-5090-driver-575", "mac-m2")
    with pytest.raises(UsageError, match="has no plan for windows-x86_64, only for linux-x86_64, macos-aarch64"):
        taken(found, changed_machine(None, os="windows", arch=None, gpus=(), driver=None, glibc=None))
    with pytest.raises(UsageError, match=r"no plan of plans\.json fits this machine"):
        taken(found, machine("rtx-3090-driver-470"))


def test_a_name_decides() -> None:
    found = plans("rtx-5090-driver-575", "mac-m2")
    # On a machine without a GPU a stack for the GPU is taken by name alone.
    with pytest.raises(UsageError, match="fits this machine"):
        taken(found, machine("cpu-debian-12"))
    assert taken(found, machine("cpu-debian-12"), "rtx-5090-driver-575") == ("rtx-5090-driver-575.json",)
    with pytest.raises(UsageError, match="has no plan for linux-x86_64, only for macos-aarch64"):
        taken(found, machine("rtx-5090-driver-575"), "mac-m2")
    with pytest.raises(UsageError, match="has no plan for nobody") as raised:
        taken(found, machine("mac-m2"), "nobody")
    assert "--for mac-m2.json" in raised.value.next


def test_environments_of_one_machine_are_told_apart_by_what_is_in_them() -> None:
    here = machine("v100-driver-580")
    found = plans_by_family(
        request("tensorflow", "jax"),
        changed_machine(None, os="linux", arch=None, gpus=("RTX 4090",), driver="580.65.06", glibc=None),
        name="",
        here=False,
        settings=Settings(),
    )
    assert len(found.plans) == 2
    with pytest.raises(UsageError) as raised:
        chosen(found, None, changed_machine(None, os="linux", arch=None, gpus=("RTX 4090",), driver="580.65.06", glibc=None), "plans.json", facts())
    assert "--for jax --prefix .venv-cu13" in raised.value.next
    assert chosen(found, "tensorflow", here, "plans.json", facts()).prefix == ".venv-cu12"
