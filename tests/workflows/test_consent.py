"""What is asked before something large or lasting happens, and what holds where nobody can be asked."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.cli.asking import asker
from drivetrain.cli.session import Session
from drivetrain.errors import Interrupted
from drivetrain.formats.requirements import wish_of
from drivetrain.install import EngineSettings
from drivetrain.model.catalogue import Snapshot
from drivetrain.model.lock import Artifact, Lock
from drivetrain.model.machine import Gpu, Interpreter, Machine, OperatingSystem
from drivetrain.model.request import Request
from drivetrain.workflows.consent import say_what_is_missing, with_fetched_python
from drivetrain.workflows.making import agree_to_download
from drivetrain.workflows.order import Order
from drivetrain.workflows.resolving import Bench

HERE = Machine(os=OperatingSystem(family="linux", glibc="2.36", distribution="debian"), pythons=(Interpreter(path=sys.executable, version="3.11.7"),))


class Person:
    """Somebody who answers always the same, and remembers the questions."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer
        self.questions: list[str] = []
        self.told: list[str] = []

    def ask(self, question: str, otherwise: bool) -> bool:
        self.questions.append(question)
        return otherwise if self.answer is None else self.answer

    def step(self, says: str) -> None:
        self.told.append(says)

    def advance(self, done: int, total: int, detail: str = "") -> None:
        return

    def finish(self, says: str) -> None:
        self.told.append(says)


def order(person: Person, *texts: str, machine: Machine = HERE) -> Order:
    request = Request(wishes=tuple(wish_of(each) for each in texts))
    return Order(request=request, machine=machine, prefix=Path(".venv").absolute(), ask=person.ask, progress=person)


def lock(size: int) -> Lock:
    return Lock(path="", text="", python="3.11", artifacts=(Artifact(name="a", version="1", file="a.whl", bytes=size, sha256="0"),))


@pytest.mark.parametrize(("size", "asked"), [(10**9, 0), (2 * 10**9, 1)])
def test_more_than_a_gigabyte_is_asked_for(tmp_path: Path, size: int, asked: int) -> None:
    for answer in (True, None):
        person = Person(answer)
        agree_to_download(lock(size), HERE, tmp_path / ".venv", person.ask)
        assert len(person.questions) == asked
    if asked:
        with pytest.raises(Interrupted, match="nothing was changed"):
            agree_to_download(lock(size), HERE, tmp_path / ".venv", Person(False).ask)
        assert "2 GB to download at most" in person.questions[0]
        assert " free at " in person.questions[0]


def test_a_python_is_fetched_only_when_it_alone_helps_and_somebody_agrees() -> None:
    bench = Bench(
        machine=HERE,
        facts=Catalogue(Snapshot(as_of="2026-11-24", distributions=()), code=(), breaks=()),
        settings=EngineSettings(),
        interpreter=lambda plan: plan.python,
    )
    willing, nobody = Person(True), Person(None)
    fetching = with_fetched_python(order(willing, "alpha", "python==3.12"), bench)
    assert fetching is not None
    assert fetching.request.fetch_python
    assert "no Python 3.12" in willing.questions[0]
    assert with_fetched_python(order(nobody, "alpha", "python==3.12"), bench) is None
    assert with_fetched_python(order(willing, "alpha", "python==2.7"), bench) is None


def test_a_gpu_without_a_driver_is_said_and_asked_about_first() -> None:
    machine = Machine(os=HERE.os, gpus=(Gpu(name="NVIDIA GeForce GTX 1080", compute_capability="6.1"),))
    person = Person(True)
    say_what_is_missing(order(person, "alpha", machine=machine))
    assert person.told == ["NVIDIA GeForce GTX 1080 has no NVIDIA driver: sudo apt install nvidia-driver"]
    with pytest.raises(Interrupted):
        say_what_is_missing(order(Person(False), "alpha", machine=machine))
    without = Person(None)
    say_what_is_missing(order(without, "alpha"))
    assert "--gpu" in without.told[0]
    assert without.questions == []


@pytest.mark.parametrize(("typed", "agreed"), [("\n", True), ("y\n", True), ("N\n", False), ("no\n", False), ("", False), ("是\n", True)])
def test_enter_means_yes_and_the_end_of_the_input_means_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, agreed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert asker(Session(terminal=True), yes=False)("go on?", True) is agreed
    assert capsys.readouterr().err == "go on? [Y/n] " + ("" if typed else "\n")


def test_nobody_is_asked_without_a_terminal_or_with_yes() -> None:
    assert asker(Session(terminal=False), yes=False)("?", True)
    assert not asker(Session(terminal=False), yes=False)("?", False)
    assert asker(Session(terminal=True), yes=True)("?", False)
