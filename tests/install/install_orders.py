"""Plans, locks and orders as the tests of this room make them."""

from __future__ import annotations

import sys
from pathlib import Path

from drivetrain.install import EngineSettings, Order, lock
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Machine, OperatingSystem
from drivetrain.model.plan import Package, Plan
from drivetrain.model.request import Request

PYTHON = Path(getattr(sys, "_base_executable", sys.executable))
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
MACHINE = Machine(os=OperatingSystem(family="linux", glibc="2.36"))


def plan_of(*pins: str, python: str = VERSION, requirements: tuple[str, ...] = (), **more: object) -> Plan:
    packages = tuple(Package(name=name, version=version, source="package index") for name, _, version in (pin.partition("==") for pin in pins))
    return Plan(accelerator="cpu", sources=("package index",), python=python, packages=packages, requirements=requirements, **more)  # type: ignore[arg-type]


def locked(settings: EngineSettings, *pins: str, request: Request | None = None) -> Lock:
    made = lock(plan_of(*pins), request or Request(wishes=()), MACHINE, PYTHON, settings)
    assert isinstance(made, Lock)
    return made


def order_of(lock: Lock, prefix: Path, *pins: str, **more: object) -> Order:
    return Order(lock=lock, prefix=prefix, interpreter=PYTHON, plan=plan_of(*pins, **more) if pins else None, request=Request(wishes=()))  # type: ignore[arg-type]
