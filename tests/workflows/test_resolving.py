"""What is ruled out when uv finds no solution, and what the lock adds to a plan; the locks are made by uv, of tiny wheels."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.formats.requirements import wish_of
from drivetrain.install import EngineSettings
from drivetrain.model.catalogue import Distribution, Release, Snapshot
from drivetrain.model.lock import Artifact, Clash, Lock
from drivetrain.model.machine import Interpreter, Machine, OperatingSystem
from drivetrain.model.plan import Change, Package, Plan, Refusal, Relaxation
from drivetrain.model.request import Request
from drivetrain.workflows.resolving import Bench, resolved, with_locked
from drivetrain.workflows.stumbling import explained, stumbling_blocks
from drivetrain.workflows.ways_out import machine_under, request_under, tried

PYTHON = ".".join(map(str, sys.version_info[:2]))
HERE = Machine(os=OperatingSystem(family="linux", glibc="2.36"), pythons=(Interpreter(path=sys.executable, version=".".join(map(str, sys.version_info[:3]))),))
PLAN = Plan(
    accelerator="cpu",
    sources=(),
    python="3.13",
    packages=(Package(name="torch", version="2.1", requested=True), Package(name="numpy", version="2.0")),
    requirements=("tqdm>=4", "rich"),
)


def asked(*texts: str) -> Request:
    return Request(wishes=tuple(wish_of(each) for each in texts))


@pytest.fixture
def bench(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    facts = Catalogue(Snapshot(as_of="2026-11-24", distributions=()), code=(), breaks=())
    return Bench(machine=HERE, facts=facts, settings=EngineSettings(find_links=(str(wheels),), offline=True), interpreter=lambda plan: Path(sys.executable))


def test_uv_locks_what_the_catalogue_does_not_plan(bench: Bench) -> None:
    request = asked("alpha")
    first = bench.plan(request)
    found = resolved(request, bench, first)
    assert found.lock is not None
    assert {each.name for each in found.lock.artifacts} == {"alpha", "beta"}
    assert isinstance(found.plan, Plan)
    assert [(each.name, each.version, each.requested) for each in found.plan.packages] == [("alpha", "1.0", True)]


def test_a_clash_of_requirements_is_a_refusal_with_what_to_leave_out(bench: Bench) -> None:
    request = asked("gamma", "beta>=2")
    answer = resolved(request, bench, bench.plan(request)).plan
    assert isinstance(answer, Refusal)
    assert answer.refusal[0].cause == "dependency-pin-conflict"
    assert {each.change.drop for each in answer.relaxations} == {("gamma",), ("beta>=2",)}


def test_ways_out_are_tried_with_uv(bench: Bench) -> None:
    request = asked("gamma", "beta>=2")
    older = Change(require=("beta<2",))
    plan, other = bench.plan(request), bench.plan(request_under(older, request))
    assert isinstance(plan, Plan)
    assert isinstance(other, Plan)
    refusal = Refusal(refusal=(), relaxations=(Relaxation(change=older, says="older beta", plan=other),))
    (way,) = tried(refusal, request, bench).relaxations
    assert {each.name: each.version for each in way.plan.packages} == {"gamma": "1.0", "beta": "1.0"}
    (way,) = tried(Refusal(refusal=(), relaxations=(Relaxation(change=Change(accelerator="cpu"), says="no GPU", plan=plan),)), request, bench).relaxations
    assert way.change.drop in (("gamma",), ("beta>=2",))
    assert way.says.startswith("no GPU, and without ")


def test_the_release_that_uv_names_is_ruled_out_first_those_asked_for(bench: Bench) -> None:
    request = asked("torch")
    assert stumbling_blocks(PLAN, Clash(says="numpy and torch", names=("numpy", "torch")), request, bench.facts) == (("torch", "2.1"),)
    assert stumbling_blocks(PLAN, Clash(says="numpy", names=("numpy",)), request, bench.facts) == (("numpy", "2.0"),)
    assert stumbling_blocks(PLAN, Clash(says="something else", names=()), request, bench.facts) == ()


def test_a_python_without_wheels_is_ruled_out_unless_it_was_asked_for(bench: Bench) -> None:
    clash = Clash(says="tokenizers has no usable wheels", names=())
    assert stumbling_blocks(PLAN, clash, asked("torch"), bench.facts) == (("python", "3.13"),)
    assert stumbling_blocks(PLAN, clash, asked("torch", "python==3.13"), bench.facts) == ()


RELEASES = Catalogue(
    Snapshot(
        as_of="2026-11-24",
        distributions=(Distribution(name="torch", releases=tuple(Release(version=each) for each in ("2.3", "2.2", "2.1", "2.0.1", "1.13"))),),
    ),
    code=(),
    breaks=(),
)


@pytest.mark.parametrize(
    ("says", "also"),
    [
        ("Because fastai==2.7.12 depends on\n torch>=1.7,<2.1 and you require torch==2.1, we can conclude", {"2.3", "2.2"}),
        ("Because a<2 depends on torch<1.8 and a>=2 depends on torch>=2.3, we can conclude", {"2.2", "2.0.1", "1.13"}),
        ("Because torch==2.1 depends on triton==2.1 and a depends on torch<2.1", set()),
        ("Because a depends on one of:\n torch<1.8\n torch>=2.3", set()),
        ("Because torchvision==0.1 depends on torch==2.1 and torchvision==0.1 depends on b", set()),
        ("Because a depends on torchvision<0.2 and torch==2.1", set()),
    ],
)
def test_an_explanation_rules_out_every_release_that_it_holds_for(says: str, also: set[str]) -> None:
    (named, *others) = stumbling_blocks(PLAN, Clash(says=says, names=("torch",)), asked("torch", "fastai"), RELEASES)
    assert named == ("torch", "2.1")
    assert set(others) == {("torch", each) for each in also}


def test_what_uv_found_stands_beside_what_was_planned() -> None:
    lock = Lock(
        path="", text="", python="", artifacts=tuple(Artifact(name=name, version="9", file="", bytes=1, sha256="") for name in ("tqdm", "rich", "numpy"))
    )
    assert [each.name for each in with_locked(PLAN, lock).packages] == ["torch", "tqdm", "rich", "numpy"]


def test_uvs_explanation_is_one_line_without_its_hints() -> None:
    assert explained(Clash(says="a\n  needs b\nhint: use --no-build", names=())) == "a needs b"


def test_requests_and_machines_under_a_change() -> None:
    request = request_under(Change(require=("torch==2.7",), drop=("rich",), python="3.11", sources="all"), asked("torch", "rich", "tqdm"))
    assert [(each.name, each.specifier) for each in request.wishes] == [("tqdm", ""), ("torch", "==2.7"), ("python", "==3.11")]
    assert request.sources == "all"
    machine = machine_under(Change(os="wsl2"), HERE)
    assert machine.os.wsl == "2"
    assert machine_under(Change(driver="nonsense"), HERE) == HERE
