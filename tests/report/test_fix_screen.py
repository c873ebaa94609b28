"""The screen of `fix`: every line to type is one that works for the machine that was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from drivetrain.model.fixing import Difference, Fixing, Mend
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit
from drivetrain.report.markup import unmarked
from drivetrain.report.text_fix import fix_screen
from drivetrain.report.typed import Typed

Value = Callable[[str], Any]
FINDING = Outcome(cause="cuda-wheel-majors-mixed", severity="error", state="found", about="torch", says="mixed")
CHANGES = (Difference(name="torch", before="2.15.0", after="2.13.0+cpu"), Difference(name="nvidia-cudnn-cu12", before="9.28"))


def fixing(plan: Any, **more: Any) -> Fixing:
    edits = (Mend(says="torch", edit=Edit(require=("torch==2.13.0+cpu",)), safety="shown"),)
    values = {"prefix": "/srv/env", "ours": False, "findings": (FINDING,), "edits": edits, "changes": CHANGES, "plan": plan}
    return Fixing(**{**values, **more})


def screen(fixing: Fixing, machine: Machine | None, *flags: tuple[str, ...]) -> list[str]:
    typed = Typed(requirements=("torch",), flags=flags)
    return [unmarked(line).strip() for line in fix_screen(fixing, machine, typed)]


def test_why_cuda_goes_is_said_and_how_to_ask_for_a_gpu(value: Value) -> None:
    bare = replace(value("machine_bare"), gpus=())
    lines = screen(fixing(value("plan_cpu")), bare, ("--ignore", "ptx-*"))
    assert "this machine has no NVIDIA GPU, so the stack is one for the CPU" in lines
    assert any(line.endswith("""drivetrain fix /srv/env --ignore "ptx-*" --gpu "RTX 4090" --driver 560""") for line in lines)
    for other in (fixing(value("plan_cpu"), changes=CHANGES[:1]), fixing(value("plan"))):
        assert not any("--gpu" in line for line in screen(other, bare))
    assert not any("RTX 4090" in line for line in screen(fixing(value("plan_cpu")), value("machine"), ("--machine", "server.json")))


def test_another_machine_is_planned_for_and_nothing_is_made_here(value: Value) -> None:
    lines = screen(fixing(value("plan")), value("machine"), ("--gpu", "H100"), ("--select", "cuda-*"))
    assert any(line.endswith("drivetrain plan torch --gpu H100") for line in lines)
    assert not any("drivetrain up" in line for line in lines)
    mine = fixing(value("plan"), ours=True, edits=(Mend(says="torch", edit=Edit(require=("torch==2.13.0",))),))
    assert any(line.endswith("--apply") for line in screen(mine, value("machine")))
    assert not any("--apply" in line for line in screen(mine, value("machine"), ("--gpu", "H100")))


def test_a_way_out_is_one_for_the_machine_that_was_meant(value: Value) -> None:
    lines = screen(fixing(value("refusal")), value("machine"), ("--machine", "server.json"), ("--ignore", "ptx-*"))
    ways = [line for line in lines if line.startswith("drivetrain plan")]
    assert ways
    assert all("--machine server.json" in line and "--ignore" not in line for line in ways)


def test_without_its_python_an_environment_is_made_anew() -> None:
    gone = Outcome(cause="interpreter-gone", severity="error", state="found", about="python", says="gone")
    told = (Mend(says="make the environment anew", safety="shown", planned=False),)
    assert screen(fixing(None, findings=(gone,), edits=told, changes=()), None)[-1] == "beside it  drivetrain up torch --prefix /srv/env-fixed"
    mine = fixing(None, findings=(gone,), edits=told, changes=(), ours=True, prefix=".venv")
    assert screen(mine, None)[-1] == "make it anew  drivetrain up torch"
    other = Outcome(cause="local-file-shadows-package", severity="error", state="found", about="torch", says="first")
    assert not any("drivetrain up" in line for line in screen(fixing(None, findings=(other,), edits=told, changes=()), None))
