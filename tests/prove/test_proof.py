"""An environment is proven by what its frameworks really compute, whatever else they do meanwhile."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from conftest import MakeFramework

import drivetrain
from drivetrain.model.documents import decode, encode
from drivetrain.model.machine import Machine
from drivetrain.model.verdict import Proof, Verdict
from drivetrain.prove import verify
from drivetrain.words import speak

SOURCE = Path(drivetrain.__file__).parents[1]
ON_CPU = ["import", "devices", "matmul-fp32", "conv2d-fp32", "gradient"]
ON_GPU = ["matmul-tf32", "matmul-fp16", "matmul-bf16", "conv2d-cudnn-fp16", "cudnn-version"]


def checks(proof: Proof, state: str) -> list[str]:
    return [each.check for each in proof.verdicts if each.state == state]


def the_failure(proof: Proof) -> Verdict:
    (failure,) = proof.failed()
    return failure


def test_an_honest_framework_passes_on_the_cpu(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    told: list[Verdict] = []
    proof = verify(prefix, (framework(),), machine, accelerator="cpu", progress=told.append)
    assert checks(proof, "passed") == ON_CPU
    assert checks(proof, "skipped") == ON_GPU
    assert not proof.failed()
    assert not proof.device_checks_ran
    assert tuple(told) == proof.verdicts
    assert {each.says for each in proof.verdicts if each.state == "skipped"} == {"skipped, because this machine has no NVIDIA GPU"}
    numeric = [each for each in proof.verdicts if each.error_relative is not None]
    assert [each.device for each in numeric] == ["cpu"] * 3
    assert all(0 <= each.error_relative < 1e-12 and each.seconds is not None for each in numeric if each.error_relative is not None)
    assert decode(encode(proof), Proof) == proof


def test_noise_corrupts_no_answer(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    noisy = framework("""
        import os, sys
        print("noise", end="")
        os.write(1, b'{"check": "matmul-fp32", "state": "failed"} no newline')
        os.write(2, b"\\xff\\xfe bytes that are no text")
        _honest = matmul
        def matmul(*given):
            for _ in range(200):
                print("x" * 500)
                os.write(2, b"I0000 log line")
            return _honest(*given)
    """)
    proof = verify(prefix, (noisy,), machine, accelerator="cpu")
    assert checks(proof, "passed") == ON_CPU


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("def matmul(d, n, a, b): return [[0.0] * len(b[0]) for _ in a]", "matmul-fp32"),
        ("def matmul(d, n, a, b, _m=matmul): return [[value * 1.0001 for value in row] for row in _m(d, n, a, b)]", "matmul-fp32"),
        ("def conv2d(d, n, a, b, _c=conv2d): r = _c(d, n, a, b); r[0][0][0][0] += 0.1; return r", "conv2d-fp32"),
        ("def conv2d(d, n, a, b, _c=conv2d): r = _c(d, n, a, b); r[-1][-1][-1][-1] = float('nan'); return r", "conv2d-fp32"),
        ("def conv2d(d, n, a, b, _c=conv2d): return _c(d, n, a, b)[:-1]", "conv2d-fp32"),
        ("def train(d, x, y, w, steps, rate, _t=train): return w, _t(d, x, y, w, steps, rate)[1]", "gradient"),
        ("def train(d, x, y, w, steps, rate, _t=train): weights, losses = _t(d, x, y, w, steps, rate); return weights, [losses[0]] * steps", "gradient"),
        ("def matmul(*given): raise RuntimeError('CUDA out of memory')", "matmul-fp32"),
    ],
)
def test_a_wrong_result_fails_its_check_and_only_that(prefix: Path, framework: MakeFramework, machine: Machine, code: str, check: str) -> None:
    proof = verify(prefix, (framework(code),), machine, accelerator="cpu")
    assert the_failure(proof).check == check
    assert checks(proof, "passed") == [each for each in ON_CPU if each != check]


def test_tf32_does_not_pass_as_fp32(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    silent = framework("""
        import struct
        def rounded(value, number):
            bits = struct.unpack("<I", struct.pack("<f", value))[0]
            return struct.unpack("<f", struct.pack("<I", (bits + 0x1000) & 0xFFFFE000))[0]
    """)
    failure = the_failure(verify(prefix, (silent,), machine, accelerator="cpu"))
    assert failure.check == "matmul-fp32"
    assert failure.error_relative is not None
    assert 1e-5 < failure.error_relative < 2e-3
    assert "do not trust" in failure.says


def test_a_gpu_gets_every_format_within_what_rounding_costs(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    rounding = framework("""
        import struct
        DEVICES = ["cuda:0", "cuda:1", "cpu"]
        BUILT_FOR_GPU = True
        CUDNN = {"loaded": 91002, "built": "9.3.0"}
        KEPT = {"tf32": 13, "bf16": 16}
        def rounded(value, number):
            if number == "fp16":
                return struct.unpack("<e", struct.pack("<e", value))[0]
            cut = KEPT.get(number, 0)
            if not cut:
                return value
            bits = struct.unpack("<I", struct.pack("<f", value))[0]
            return struct.unpack("<f", struct.pack("<I", (bits + (1 << cut - 1)) >> cut << cut))[0]
    """)
    proof = verify(prefix, (rounding,), gpu_machine, accelerator="cuda")
    assert not proof.failed()
    assert proof.device_checks_ran
    each_device = ["matmul-fp32", "conv2d-fp32", "matmul-tf32", "matmul-fp16", "matmul-bf16", "conv2d-cudnn-fp16", "gradient"]
    assert [(each.device, each.check) for each in proof.verdicts] == [
        ("-", "import"),
        ("-", "devices"),
        *[("cuda:0", each) for each in each_device],
        *[("cuda:1", each) for each in each_device],
        ("-", "cudnn-version"),
    ]
    errors = {each.check: each.error_relative for each in proof.verdicts}
    assert 1e-5 < (errors["matmul-tf32"] or 0) < (errors["matmul-bf16"] or 0)
    assert proof.verdicts[1].says == "sees cuda:0 Test GPU (9.0), cuda:1 Test GPU (9.0)"
    assert proof.verdicts[-1].says == "cuDNN 9.10.2 is loaded; built against 9.3.0"


def test_an_older_gpu_skips_what_it_cannot_compute(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    old = framework("""
        BUILT_FOR_GPU = True
        CUDNN = {"loaded": 8907, "built": "8.6"}
        def devices():
            return {"devices": [{"device": "cuda:0", "name": "Tesla V100", "compute_capability": "7.0"}, {"device": "cpu"}], "built_for_gpu": True}
    """)
    proof = verify(prefix, (old,), gpu_machine, accelerator="cuda")
    assert checks(proof, "skipped") == ["matmul-tf32", "matmul-bf16"]
    assert not proof.failed()


def test_a_format_that_a_release_does_not_offer_is_skipped(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    subject = framework("DEVICES = ['cuda:0', 'cpu']\nBUILT_FOR_GPU = True\ndef offers(device, number): return number != 'bf16'")
    proof = verify(prefix, (subject,), gpu_machine, accelerator="cuda")
    assert [(each.check, each.says) for each in proof.verdicts if each.device == "cuda:0" and each.state == "skipped"] == [
        ("matmul-bf16", "skipped, because this release of calc does not compute such numbers there")
    ]


def test_what_a_framework_has_nothing_for_is_skipped_and_said(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    subject = framework("DEVICES = ['cuda:0', 'cpu']\nBUILT_FOR_GPU = True", lacks=("gradient", "conv2d-cudnn-fp16", "cudnn-version"))
    proof = verify(prefix, (subject,), gpu_machine, accelerator="cuda")
    assert checks(proof, "skipped") == ["conv2d-cudnn-fp16", "gradient", "cudnn-version"]
    assert {each.says for each in proof.verdicts if each.state == "skipped"} == {"skipped, because calc has nothing that does this"}
    assert proof.device_checks_ran
    assert not proof.failed()


def test_one_that_computes_on_a_gpu_alone_is_imported_beside_the_others(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    alone, other = framework("def offers(device, number): return device != 'cpu'", name="alone"), framework()
    proof = verify(prefix, (alone, other), machine, accelerator="cpu")
    orders = [(each.framework, each.state) for each in proof.verdicts if each.check == "import-order"]
    assert orders == [("alone+calc", "passed"), ("calc+alone", "passed")]
    assert {each.says for each in proof.verdicts if each.framework == "alone" and each.device == "cpu"} == {"skipped, because alone computes on a GPU alone"}


@pytest.mark.parametrize(
    ("loaded", "built", "cause"),
    [
        (90100, "9.3.0", "cudnn-runtime-older-than-build"),
        (8907, "9.3.0", "cudnn-major-version-mismatch"),
        (90300, "9.3.0", None),
        (91002, "9", None),
        (91002, None, None),
    ],
)
def test_the_loaded_cudnn_must_serve_the_build(
    prefix: Path, framework: MakeFramework, gpu_machine: Machine, loaded: int, built: str | None, cause: str | None
) -> None:
    subject = framework(f"DEVICES = ['cuda:0', 'cpu']\nBUILT_FOR_GPU = True\nCUDNN = {{'loaded': {loaded}, 'built': {built!r}}}")
    last = verify(prefix, (subject,), gpu_machine, accelerator="cuda").verdicts[-1]
    assert (last.check, last.state, last.cause) == ("cudnn-version", "failed" if cause else "passed", cause)


def test_a_gpu_that_the_framework_does_not_see_is_said(prefix: Path, framework: MakeFramework, gpu_machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    two = Machine(os=gpu_machine.os, driver=gpu_machine.driver, gpus=gpu_machine.gpus * 2)
    subject = framework("DEVICES = ['cuda:0', 'cpu']\nBUILT_FOR_GPU = True")
    proof = verify(prefix, (subject,), two, accelerator="cuda")
    (unseen,) = [each for each in proof.verdicts if each.device == "cuda:1"]
    assert (unseen.check, unseen.state) == ("devices", "skipped")
    chosen = verify(prefix, (subject,), two, accelerator="cuda", variables={"CUDA_VISIBLE_DEVICES": "0"})
    assert not [each for each in chosen.verdicts if each.device == "cuda:1"]


def test_without_the_gpu_that_the_plan_is_for_the_proof_fails_and_the_cpu_still_computes(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    proof = verify(prefix, (framework(),), gpu_machine, accelerator="cuda")
    failure = the_failure(proof)
    assert (failure.check, failure.cause) == ("devices", "cpu-only-package-installed")
    assert checks(proof, "passed") == [each for each in ON_CPU if each != "devices"]
    assert not proof.device_checks_ran


def test_a_cpu_build_beside_gpu_builds_is_proven_on_the_cpu(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    proof = verify(prefix, (framework(on_gpu=False),), gpu_machine, accelerator="cuda")
    assert checks(proof, "passed") == ON_CPU
    assert "for the CPU" in proof.verdicts[-1].says


def test_a_metal_gpu_is_proven_and_a_framework_without_one_is_not_faulted(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    subjects = framework("DEVICES = ['mps:0', 'cpu']", name="alpha"), framework(name="beta")
    proof = verify(prefix, subjects, machine, accelerator="mps")
    assert not proof.failed()
    assert {(each.framework, each.device) for each in proof.verdicts if each.check == "matmul-fp32"} == {("alpha", "mps:0"), ("beta", "cpu")}
    assert proof.device_checks_ran


def test_a_cpu_plan_leaves_the_gpus_alone(prefix: Path, framework: MakeFramework, gpu_machine: Machine) -> None:
    subject = framework("""
        import os
        DEVICES = ["cpu"] if os.environ["CUDA_VISIBLE_DEVICES"] == "-1" else ["cuda:0", "cpu"]
    """)
    proof = verify(prefix, (subject,), gpu_machine, accelerator="cpu")
    assert checks(proof, "passed") == ON_CPU
    assert proof.verdicts[-1].says == "skipped, because this environment is planned for the CPU"


def test_the_callers_python_variables_and_folders_stay_out(
    prefix: Path, framework: MakeFramework, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the module of the caller')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    monkeypatch.setenv("KEPT", "kept")
    subject = framework(f"""
        import os, site, sys
        assert not [name for name in os.environ if name.startswith("PYTHON")]
        assert not sys.flags.ignore_environment == 0
        assert not site.ENABLE_USER_SITE
        assert os.getcwd() != {str(tmp_path)!r} and not os.listdir()
        assert "drivetrain" not in sys.modules and {str(SOURCE)!r} not in sys.path
        assert os.environ["LD_LIBRARY_PATH"] == "planned" and os.environ["KEPT"] == "kept" and "HOME" not in os.environ
        assert os.environ["PATH"].startswith({str(prefix)!r}) and os.environ["VIRTUAL_ENV"] == {str(prefix)!r}
        assert sys.prefix == {str(prefix)!r}
    """)
    proof = verify(prefix, (subject,), machine, accelerator="cpu", variables={"LD_LIBRARY_PATH": "planned", "HOME": None})
    assert not proof.failed()
    assert not (Path(subject.script).parent / "__pycache__").exists()


def test_every_failure_is_said_in_chinese_too(prefix: Path, framework: MakeFramework, machine: Machine) -> None:
    speak("zh")
    try:
        proof = verify(prefix, (framework("def matmul(*given): return None"),), machine, accelerator="cpu")
    finally:
        speak("en")
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in each.says) for each in proof.verdicts if each.check != "devices")


def test_ctrl_c_ends_the_process_that_is_under_way(prefix: Path, framework: MakeFramework, machine: Machine, tmp_path: Path) -> None:
    note = tmp_path / "process"
    subject = framework(f"""
        import os, time
        open({str(note)!r}, "w").write(str(os.getpid()))
        def matmul(*given):
            time.sleep(60)
    """)

    def interrupt(_verdict: Verdict) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        verify(prefix, (subject,), machine, accelerator="cpu", progress=interrupt)
    assert time.monotonic() - started < 10
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)
