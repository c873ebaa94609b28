"""The relations asked again of a finished plan: on its own machine all of them hold, on another one those that matter do not."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Driver, Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.solve import solve
from drivetrain.solve.holding import files_that_fit_no_longer, no_longer_holds

FILES = sorted((Path(__file__).parents[1] / "machines").glob("*.json"))
ASKED = (("torch", "torchvision"), ("tensorflow",), ("jax",), ("torch<2.6",))


@cache
def facts() -> Catalogue:
    return catalogue()


def machine(path: Path) -> Machine:
    return machine_of(path.read_text(), path.name)


# Each machine with two of the requests, each request with half of the machines.
@pytest.mark.parametrize(
    ("path", "asked"),
    [pair for number, pair in enumerate(product(FILES, ASKED)) if (number + number // 4) % 2],
    ids=lambda each: each.stem if isinstance(each, Path) else "+".join(each),
)
def test_a_plan_holds_on_the_machine_that_it_was_made_for(path: Path, asked: tuple[str, ...]) -> None:
    request = Request(wishes=tuple(wish_of(each) for each in asked), fetch_python=True)
    plan = solve(request, machine(path), facts(), relaxations=False)
    if isinstance(plan, Plan):
        assert no_longer_holds(plan, None, machine(path), facts()) == ()


def test_a_driver_that_serves_its_cuda_in_part_cannot_compile() -> None:
    here = machine(next(path for path in FILES if path.stem == "rtx-4090-driver-560"))
    plan = solve(Request(wishes=(wish_of("torch"),), sources="index"), here, facts(), relaxations=False)
    assert isinstance(plan, Plan)
    older = replace(here, driver=Driver(version="460.32.03", cuda="11.2"))
    assert {each.cause for each in no_longer_holds(plan, None, older, facts())} == {"driver-too-old-for-cuda"}


@pytest.mark.parametrize(
    ("file", "platform", "glibc", "cause"),
    [
        ("numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", "linux-x86_64", "2.17", "glibc-too-old"),
        ("numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", "linux-x86_64", "2.28", None),
        ("numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", "linux-x86_64", None, None),
        ("numpy-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl", "linux-aarch64", "2.36", "platform-without-build"),
        ("numpy-2.0.0-cp312-cp312-win_amd64.whl", "linux-x86_64", "2.36", "platform-without-build"),
        ("numpy-2.0.0-1-cp312-cp312-manylinux_2_28_x86_64.whl", "linux-x86_64", "2.17", "glibc-too-old"),
        ("tqdm-4.0-py3-none-any.whl", "windows-x86_64", None, None),
        ("source-1.0.tar.gz", "linux-x86_64", "2.17", None),
    ],
)
def test_locked_wheels_against_the_system(file: str, platform: str, glibc: str | None, cause: str | None) -> None:
    found = files_that_fit_no_longer((file,), platform, glibc)
    assert [each.cause for each in found] == ([cause] if cause else [])
