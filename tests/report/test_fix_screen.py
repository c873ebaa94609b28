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


def test_one_of_a_kind_is_told_in_the_singular(value: Value) -> None:
    text = " ".join(screen(fixing(value("plan"), count_change=-1, kept=1, bytes_change=-2_000_000_000), value("machine")))
    assert "1 package fewer, about 2 GB less; the other distribution stays as it is" in text
    assert "1 package more" in " ".join(screen(fixing(value("plan"), count_change=1, kept=9), value("machine")))


def test_what_is_installed_again_has_its_size(value: Value) -> None:
    again = (Mend(says="numpy==2.3.0 is installed again", edit=Edit(require=("numpy==2.3.0",)), safety="shown"),)
    lines = screen(fixing(value("plan"), changes=(), edits=again, again=("numpy",), download_bytes=18_000_000, kept=0), value("machine"))
    assert "numpy==2.3.0 is installed again" in lines
    assert "18 MB to download at most" in lines


def test_a_long_command_of_its_owner_breaks_at_the_screens_width(value: Value) -> None:
    command = "uv pip install --python /srv/env/bin/python " + " ".join(f"distribution-{number}==1.{number}" for number in range(9))
    lines = screen(fixing(value("plan"), commands=(command,)), value("machine"))
    broken = lines[lines.index("or change it yourself:") + 1 :]
    assert len(broken) > 2
    assert " ".join(line.removesuffix(" \\").strip() for line in broken) == command
