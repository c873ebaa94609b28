"""Whatever a framework does to its process becomes a verdict that says what, where and what next, and keeps the answers before it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from conftest import MakeFramework

from drivetrain.model.machine import Cpu, Machine, OperatingSystem
from drivetrain.model.verdict import Proof
from drivetrain.prove import verify

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def passed(proof: Proof) -> list[str]:
    return [each.check for each in proof.verdicts if each.state == "passed"]


@posix
def test_a_segmentation_fault_keeps_what_was_proven_before(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subject = framework("""
        import ctypes
        def conv2d(*given):
            print("about to load the wrong library")
            ctypes.string_at(0)
    """)
    proof = verify(prefix, (subject,), machine, accelerator="cpu")
    assert passed(proof) == ["import", "devices", "matmul-fp32"]
    (failure,) = proof.failed()
    assert (failure.check, failure.device, failure.cause) == ("conv2d-fp32", "cpu", "framework-crashed")
    assert "SIGSEGV" in failure.says
    assert "audit" in failure.says
    assert "Segmentation fault" in (failure.log or "")
    assert "in conv2d" in (failure.log or "")


@posix
@pytest.mark.parametrize(
    ("number", "features", "cause"),
    [
        ("SIGILL", ("sse4_1",), "cpu-without-avx"),
        ("SIGILL", ("avx",), "binary-needs-newer-cpu-instructions"),
        ("SIGILL", (), "binary-needs-newer-cpu-instructions"),
        ("SIGKILL", (), "framework-crashed"),
        ("SIGABRT", (), "framework-crashed"),
    ],
)
def test_a_signal_while_importing_is_named(prefix: Path, framework: MakeFramework, number: str, features: tuple[str, ...], cause: str) -> None:
    subject = framework(f"import os, signal; os.kill(os.getpid(), signal.{number})")
    here = Machine(os=OperatingSystem(family="linux"), cpu=Cpu(features=features))
    (verdict,) = verify(prefix, (subject,), here, accelerator="cpu").verdicts
    assert (verdict.check, verdict.state, verdict.cause) == ("import", "failed", cause)
    assert number in verdict.says or number == "SIGKILL"


@pytest.mark.parametrize("code", ["import os; os._exit(3)", "raise SystemExit(3)", "import os; os._exit(0)"])
def test_ending_the_process_is_no_answer(prefix: Path, framework: MakeFramework, machine: Machine, code: str) -> None:
    subject = framework(f"def conv2d(*given):\n    {code}\n".replace("; ", "\n    "))
    proof = verify(prefix, (subject,), machine, accelerator="cpu")
    assert passed(proof) == ["import", "devices", "matmul-fp32"]
    (failure,) = proof.failed()
    assert (failure.check, failure.cause) == ("conv2d-fp32", "framework-crashed")
    assert "exit code" in failure.says


def test_a_crash_after_the_last_answer_is_a_failure_of_its_own(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    proof = verify(prefix, (framework("import atexit, os; atexit.register(os._exit, 7)"),), machine, accelerator="cpu")
    assert len(passed(proof)) == 5
    assert [(each.check, each.cause) for each in proof.failed()] == [("exit", "framework-crashed")]


def test_a_hang_ends_with_its_time_limit(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subject = framework("""
        import time
        def train(*given):
            time.sleep(60)
    """)
    started = time.monotonic()
    proof = verify(prefix, (subject,), machine, accelerator="cpu", timeout_seconds=3)
    assert time.monotonic() - started < 20
    assert passed(proof) == ["import", "devices", "matmul-fp32", "conv2d-fp32"]
    (failure,) = proof.failed()
    assert (failure.check, failure.device, failure.cause) == ("gradient", "cpu", "verify-timeout")
    assert "within 3 s" in failure.says


def test_printing_without_end_is_a_hang_too(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subject = framework("""
        import os
        while True:
            os.write(1, b"I0000 the same line once more" * 3 + b"\\n")
    """)
    (failure,) = verify(prefix, (subject,), machine, accelerator="cpu", timeout_seconds=0.5).failed()
    assert (failure.check, failure.cause) == ("import", "verify-timeout")
    assert len(failure.log or "") < 10_000


def test_a_framework_that_cannot_list_its_devices_still_computes_on_the_cpu(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    subject = framework("def devices(): raise RuntimeError('CUDA driver version is insufficient for CUDA runtime version')")
    proof = verify(prefix, (subject,), gpu_machine, accelerator="cuda")
    assert [(each.check, each.cause) for each in proof.failed()] == [("devices", "driver-too-old-for-cuda")]
    assert passed(proof) == ["import", "matmul-fp32", "conv2d-fp32", "gradient"]


def test_what_an_import_raises_is_said_with_its_cause(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subject = framework("raise ImportError('libcudnn.so.9: cannot open shared object file: No such file or directory')")
    (verdict,) = verify(prefix, (subject,), machine, accelerator="cpu").verdicts
    assert (verdict.check, verdict.state, verdict.cause) == ("import", "failed", "cudnn-not-found")
    assert "libcudnn.so.9" in verdict.says


def test_a_framework_that_is_not_installed_is_said_to_be_missing(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subject = framework("raise ModuleNotFoundError('no', name='calc')", distribution="calc-gpu")
    (verdict,) = verify(prefix, (subject,), machine, accelerator="cpu").verdicts
    assert verdict.says == f"calc-gpu is not installed in {prefix}; add it"
    needs = framework("import something_else_that_is_missing")
    (verdict,) = verify(prefix, (needs,), machine, accelerator="cpu").verdicts
    assert "something_else_that_is_missing" in verdict.says


def test_a_prefix_without_python_is_a_verdict_for_each_framework(framework: MakeFramework, machine: Machine, tmp_path: Path) -> None:
    proof = verify(tmp_path, (framework(), framework(name="other")), machine, accelerator="cpu")
    assert [(each.framework, each.check, each.state) for each in proof.verdicts] == [("calc", "import", "failed"), ("other", "import", "failed")]
    assert "no Python interpreter" in proof.verdicts[0].says


@posix
def test_an_interpreter_that_does_not_run_is_a_verdict(framework: MakeFramework, machine: Machine, tmp_path: Path) -> None:
    broken = tmp_path / "env" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/nowhere/python\n")
    broken.chmod(0o755)
    (verdict,) = verify(tmp_path / "env", (framework(),), machine, accelerator="cpu").verdicts
    assert (verdict.check, verdict.state) == ("import", "failed")
    assert "cannot be started" in verdict.says
    broken.write_text("#!/bin/sh\necho the loader is broken >&2\nexit 127\n")
    (verdict,) = verify(tmp_path / "env", (framework(),), machine, accelerator="cpu").verdicts
    assert "exit code 127" in verdict.says
    assert "the loader is broken" in verdict.says


def test_both_orders_of_a_pair_are_imported_together(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    first = framework("import sys; first_one = 'beta' not in sys.modules", name="alpha")
    second = framework(
        """
        import os, sys
        if "alpha" in sys.modules:
            os.abort()
        """,
        name="beta",
    )
    proof = verify(prefix, (first, second), machine, accelerator="cpu")
    orders = {each.framework: each for each in proof.verdicts if each.check == "import-order"}
    assert list(orders) == ["alpha+beta", "beta+alpha"]
    assert (orders["alpha+beta"].state, orders["alpha+beta"].cause) == ("failed", "framework-crashed")
    assert (orders["beta+alpha"].state, orders["beta+alpha"].device) == ("passed", "cpu")
    assert orders["beta+alpha"].says == "beta first, then alpha: both compute"


def test_wrong_numbers_beside_another_framework_are_a_failure(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    first = framework(name="alpha")
    second = framework(
        """
        import sys
        def conv2d(*given, _right=conv2d):
            return _right(*given) if "alpha" not in sys.modules else [[[[0.0] * 6] * 6] * 4] * 2
        """,
        name="beta",
    )
    proof = verify(prefix, (first, second), machine, accelerator="cpu")
    assert [each.framework for each in proof.failed()] == ["alpha+beta", "beta+alpha"]
    assert "beta computed wrong numbers" in proof.failed()[0].says


def test_a_framework_that_fails_alone_is_not_tried_in_pairs(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subjects = framework("raise ImportError('broken')", name="alpha"), framework(name="beta"), framework(name="gamma")
    proof = verify(prefix, subjects, machine, accelerator="cpu")
    states = {each.framework: (each.state, each.says) for each in proof.verdicts if each.check == "import-order"}
    assert states["alpha+beta"] == ("skipped", "skipped, because alpha does not work alone")
    assert states["gamma+alpha"] == ("skipped", "skipped, because alpha does not work alone")
    assert states["beta+gamma"][0] == states["gamma+beta"][0] == "passed"
    assert len(states) == 6
