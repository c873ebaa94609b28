"""What runs inside other people's interpreters must run there: old Pythons, no drivetrain, and references that agree with each other."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeFramework

from drivetrain.model.machine import Driver, Gpu, Machine, OperatingSystem
from drivetrain.prove import jobs, proof, setting, suspicion
from drivetrain.prove.scripts import checks, reference

PACKAGE = Path(proof.__file__).parent.parent
SCRIPTS = sorted([*PACKAGE.glob("prove/scripts/*.py"), *PACKAGE.glob("frameworks/*/verify.py")])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scripts_are_python_3_8_and_import_only_what_is_there(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    names += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    framework = path.parent.name if path.name == "verify.py" else ""
    assert {name.split(".")[0] for name in names} <= {*sys.stdlib_module_names, framework}


def _interpreters(version: str) -> list[str]:
    found = [shutil.which(f"python{version}"), *map(str, sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))]
    # A shim of pyenv exists for versions that it then does not find.
    return [each for each in found if each and not subprocess.run([each, "-V"], capture_output=True, check=False).returncode]


@pytest.mark.parametrize("version", ["3.8", "3.9"])
def test_an_old_interpreter_makes_every_check(version: str, framework: MakeFramework, prefix: Path) -> None:
    interpreters = _interpreters(version)
    if not interpreters:
        pytest.skip(f"no python{version} on this machine")
    subject = framework()
    site = next(prefix.glob("**/site-packages/calc.py")).parent
    job = json.dumps({"subjects": [{"name": "calc", "on_gpu": False, "script": subject.script}], "accelerator": "cpu"})
    code = f"import sys, runpy; sys.path.insert(0, {str(site)!r}); sys.argv[1:] = ['@@', {job!r}]; runpy.run_path({str(jobs.CHECKS)!r}, run_name='__main__')"
    interpreter = interpreters[0]
    said = subprocess.run([interpreter, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    records = [record for record in (jobs.record_in(line, "@@") for line in said.splitlines()) if record]
    assert records[-1] == {"done": True}
    assert [record["state"] for record in records if "check" in record].count("passed") == 5


def test_numpy_and_plain_python_are_one_reference() -> None:
    numpy = pytest.importorskip("numpy")
    large, plain = reference.Numpy(numpy), reference.Plain()
    assert isinstance(reference.reference(), reference.Numpy)
    left, right = plain.draw(7, 5), plain.draw(5, 6)
    images, kernels = plain.draw(2, 3, 6, 6), plain.draw(4, 3, 3, 3)
    inputs, targets, weights = plain.draw(16, 8), plain.draw(16, 4), plain.draw(8, 4, scale=0.1)

    def same(mine: Any, theirs: Any) -> bool:
        return bool(numpy.allclose(numpy.asarray(mine), theirs, rtol=1e-12, atol=1e-12))

    def array(values: Any) -> Any:
        return numpy.asarray(values, dtype="float32")

    assert same(plain.matmul(left, right), large.matmul(array(left), array(right)))
    assert same(plain.conv2d(images, kernels), large.conv2d(array(images), array(kernels)))
    mine, theirs = plain.train(inputs, targets, weights), large.train(array(inputs), array(targets), array(weights))
    assert same(mine[0], theirs[0])
    assert same(mine[1], theirs[1])
    assert mine[1][-1] < mine[1][0]
    one, other = large.matmul(array(left), array(right)), plain.matmul(left, right)
    assert plain.deviation([[value + 1 for value in row] for row in other], other) == pytest.approx(large.deviation(one + 1, one))
    assert large.deviation(one * float("nan"), one) is None
    assert plain.deviation([[float("inf")] * 6] * 7, other) is None


def test_cudnn_versions_are_read_as_their_header_writes_them() -> None:
    assert [checks._cudnn_version(each) for each in (8907, 7605, 91002, 90100, "9.3", None)] == ["8.9.7", "7.6.5", "9.10.2", "9.1.0", "9.3", None]


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('noise<c>{"a": 1}<c>noise', {"a": 1}),
        ('<c>{"a": 1}', None),
        ("<c>{broken<c>", None),
        ("<c>[1]<c>", None),
        ('{"check": "import", "state": "passed"}', None),
    ],
)
def test_only_what_stands_between_cookies_is_a_record(line: str, record: dict[str, int] | None) -> None:
    assert jobs.record_in(line, "<c>") == record


def _setting(machine: Machine, **variables: str) -> setting.Setting:
    given = setting.FrozenMap(variables)
    return setting.Setting(prefix="env", interpreter="python", machine=machine, accelerator="cuda", timeout_seconds=1, variables=given)


@pytest.mark.parametrize(
    ("built", "gpus", "driver", "variables", "log", "cause"),
    [
        (False, 1, True, {}, "", "cpu-only-package-installed"),
        (True, 0, False, {}, "", "no-nvidia-gpu-on-machine"),
        (True, 1, False, {}, "", "no-nvidia-driver"),
        (True, 1, True, {"CUDA_VISIBLE_DEVICES": "7"}, "", "cuda-visible-devices-hides-gpu"),
        (True, 1, True, {}, "W0000 gpu_device.cc] Cannot dlopen some GPU libraries. Please make sure", "cuda-library-not-on-loader-path"),
        (True, 1, True, {}, "UserWarning: The NVIDIA driver on your system is too old (found version 11040)", "driver-too-old-for-cuda"),
        (True, 1, True, {}, "nothing of use", None),
    ],
)
def test_a_missing_gpu_has_its_likely_cause(built: bool, gpus: int, driver: bool, variables: dict[str, str], log: str, cause: str | None) -> None:
    answers = Driver(version="550.54") if driver else None
    machine = Machine(os=OperatingSystem(family="linux"), driver=answers, gpus=(Gpu(name="RTX 4090"),) * gpus)
    saying = suspicion.without_gpu("calc", built, _setting(machine, **variables), [log])
    assert saying.cause == cause
    assert saying.says.startswith("calc sees no GPU")
