"""Every screen: the first line is the answer, nothing is wider than a screen but what is pasted, and commands are whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from drivetrain.report.columns import width
from drivetrain.report.driver_advice import driver_command, lacks_driver
from drivetrain.report.markup import unmarked
from drivetrain.report.text_audit import audit_screen
from drivetrain.report.text_home import Home, home_screen
from drivetrain.report.text_machine import machine_screen
from drivetrain.report.text_page import markdown_lines, page_screen
from drivetrain.report.text_plan import places_of, plan_screen
from drivetrain.report.text_proof import proof_screen
from drivetrain.report.text_refusal import refusal_screen
from drivetrain.report.text_up import install_screen, up_screen
from drivetrain.report.text_why import why_screen
from drivetrain.report.typed import Typed
from drivetrain.words import speak

Value = Callable[[str], Any]


def screens(value: Value, typed: Typed) -> dict[str, list[str]]:
    machine = value("machine")
    return {
        "machine": machine_screen(machine, typed),
        "machine bare": machine_screen(value("machine_bare"), typed),
        "machine without driver": machine_screen(value("machine_no_driver"), typed),
        "plan": plan_screen(value("plan"), machine, typed, alternatives=True),
        "plan cpu": plan_screen(value("plan_cpu"), value("machine_bare"), typed),
        "why": why_screen(value("plan"), "tensorflow"),
        "refusal": refusal_screen(value("refusal"), typed, why=True),
        "audit": audit_screen(value("audit"), verbose=True),
        "proof": proof_screen(value("proof_failed"), verbose=True),
        "up": up_screen(value("up"), machine, typed, activate="source .venv/bin/activate"),
        "up failed": up_screen(value("up_failed"), machine, typed),
        "up refused": up_screen(value("up_refused"), machine, typed),
        "install": install_screen(value("install"), typed, activate="source .venv/bin/activate"),
        "home": home_screen(machine, Home(prefix=".venv", ours=True, frameworks=("torch 2.14.1",), proven=True, proven_days=3), typed),
        "page": page_screen(value("page")),
    }


def shown(lines: list[str]) -> str:
    return unmarked("\n".join(lines))


def test_no_screen_is_wider_than_a_hundred_columns(value: Value, typed: Typed, language: str) -> None:
    for name, lines in screens(value, typed).items():
        for line in shown(lines).split("\n"):
            is_pasted = "./drivetrain " in line or "/" in line
            assert width(line) <= 100 or is_pasted, (name, language, line)


def test_the_first_line_is_the_answer(value: Value, typed: Typed) -> None:
    first = {name: shown(lines).split("\n")[0] for name, lines in screens(value, typed).items()}
    assert first["machine"] == "NVIDIA GeForce RTX 4090   24 GiB, 1.1 GiB in use, 3 % busy   compute capability 8.9"
    assert first["machine bare"] == "no NVIDIA GPU was found   frameworks run on the CPU"
    assert first["plan"].startswith("tensorflow  2.20.0")
    assert first["refusal"].startswith("no stack: tensorflow 2.13 cannot use a GPU on native Windows")
    assert first["audit"] == ".venv  errors: 1, warnings: 1"
    assert first["proof"] == ".venv  not proven: 1 of 14 checks failed"
    assert first["up"] == ".venv  is ready"
    assert first["up failed"].startswith("failed at: audit")


def test_a_machine_shows_what_is_read_off_a_screenshot(value: Value, typed: Typed) -> None:
    text = shown(machine_screen(value("machine"), typed))
    assert "driver 560.35.03          CUDA up to 12.6" in text
    assert "nvidia-smi did not answer within 2 s [nvidia-smi-hangs]" in text
    assert "no NVIDIA driver" in shown(machine_screen(value("machine_no_driver"), typed))


def test_a_plan_says_why_nothing_is_newer_and_what_is_shared(value: Value, typed: Typed) -> None:
    text = shown(plan_screen(value("plan"), value("machine"), typed))
    assert "2.21.0 left out: it needs nvidia-nccl-cu12 >= 2.27.7" in text
    assert "jax         0.12.0.1  cuda12  newest" in text
    assert "Python 3.13 · CUDA 12.6 · cuDNN 9.10.2.21 · NCCL 2.29.3, one of each" in text
    assert "driver 560.35.03 serves CUDA 12.6 in full" in text
    assert "5.2 GB to download, 9.9 GB on disk" in text


def test_what_the_catalogue_does_not_plan_is_named_too(value: Value, typed: Typed) -> None:
    assert "transformers>=4               resolved when it is locked" in shown(plan_screen(value("plan_cpu"), None, typed))


def test_a_chain_of_reasons_names_what_each_step_is_about(value: Value) -> None:
    text = shown(why_screen(value("plan"), "tensorflow"))
    assert "└─ torch 2.10.0 pins nvidia-nccl-cu12==2.27.5" in text
    assert "https://example.org/x" in text
    assert shown(why_screen(value("plan"), "numpy")).startswith("numpy 2.4.1\nnothing speaks against")
    assert "the plan does not hold it" in shown(why_screen(value("plan"), "nothing"))


def test_each_way_out_of_a_refusal_ends_in_a_line_to_paste(value: Value, typed: Typed) -> None:
    lines = [line.strip() for line in shown(refusal_screen(value("refusal"), typed)).split("\n")]
    assert './drivetrain plan tensorflow "torch>=2" jax --gpu "RTX 4090" --os wsl2' in lines
    assert './drivetrain plan "tensorflow==2.10.*" "torch>=2" jax --gpu "RTX 4090" --python 3.10' in lines


def test_an_audit_shows_evidence_and_says_how_much_is_left_out(value: Value) -> None:
    short, long = (shown(audit_screen(value("audit"), verbose=verbose)) for verbose in (False, True))
    assert "libcudnn_2.so.9" in short
    assert "libcudnn_4.so.9" not in short
    assert "and 2 more: --verbose" in short
    assert "libcudnn_4.so.9" in long
    assert "could not tell  glibc" in long


def test_a_failed_proof_shows_the_check_in_full(value: Value) -> None:
    text = shown(proof_screen(value("proof_failed")))
    assert "failed  torch cuda:0 conv2d-cudnn-fp16: error 0.3 is above 0.01 [tf32-precision]" in text
    assert "skipped  jax" in text


@pytest.mark.parametrize("name", ["up", "up_failed"])
def test_up_ends_with_what_to_type(value: Value, typed: Typed, name: str) -> None:
    text = shown(up_screen(value(name), value("machine"), typed, activate="source .venv/bin/activate"))
    assert ("run       ./drivetrain run -- python train.py" in text) is (name == "up")
    assert text.rstrip().split("\n")[-1].lstrip().split()[0] in ("run", "next")


def test_home_without_an_environment_offers_to_make_one(value: Value, typed: Typed) -> None:
    text = shown(home_screen(value("machine"), Home(), typed))
    assert "./drivetrain up tensorflow torch jax" in text
    text = shown(home_screen(value("machine"), Home(prefix=".venv", frameworks=("torch 2",), proven=False), typed))
    assert "its last proof failed" in text


def test_markdown_on_a_terminal() -> None:
    text = shown(markdown_lines("# Title\n\nA **bold** `code` [link](https://example.org).\n\n- one\n- two\n  more\n\n```\n  kept   as is\n```\n"))
    assert text == "Title\n\nA bold code link (https://example.org).\n\n- one\n- two more\n\n    kept   as is"


def test_a_gpu_without_a_driver_is_said_before_anything_else(value: Value, typed: Typed) -> None:
    machine = value("machine_no_driver")
    lines = shown(plan_screen(value("plan_cpu"), machine, typed)).split("\n")
    assert lines[0] == "NVIDIA GeForce GTX 1080 has no driver: this is a stack for the CPU"
    assert lines[1].startswith("the driver  ")
    ubuntu = replace(machine, os=replace(machine.os, distribution="ubuntu", container=None))
    assert driver_command(ubuntu, typed) == "sudo ubuntu-drivers install"
    assert driver_command(replace(ubuntu, os=replace(ubuntu.os, wsl="2")), typed) == "./drivetrain explain no-nvidia-driver"
    assert not lacks_driver(value("machine"))


def test_without_a_gpu_a_plan_shows_how_to_see_one_with_a_gpu(value: Value, typed: Typed) -> None:
    assert "with a GPU  ./drivetrain plan" in shown(plan_screen(value("plan_cpu"), value("machine_bare"), typed))
    assert "with a GPU" not in shown(plan_screen(value("plan"), value("machine"), typed))
    assert "with a GPU" not in shown(plan_screen(value("plan_cpu"), value("machine_bare"), typed.with_flag("--accelerator", "cpu")))


def test_places_are_listed_as_each_language_lists(value: Value) -> None:
    plan = replace(value("plan"), sources=("package index",))
    assert places_of(plan) == "the package index"
    assert places_of(replace(plan, sources=("package index", "/wheels", "conda-forge"))) == "the package index, /wheels and conda-forge"
    speak("zh")
    assert places_of(replace(plan, sources=("包索引", "/wheels", "conda-forge"))) == "包索引、/wheels、conda-forge"
    speak("en")
