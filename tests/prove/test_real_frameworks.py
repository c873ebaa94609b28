"""The frameworks themselves, CPU builds, installed into a scratch environment, prove what the small packages of the other tests only play."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivetrain.frameworks import frameworks, script
from drivetrain.model.machine import Gpu, Machine, OperatingSystem
from drivetrain.model.verdict import Subject
from drivetrain.prove import verify
from drivetrain.prove.scripts import reference

pytestmark = [pytest.mark.install, pytest.mark.timeout(900)]
ROOT = Path(__file__).parent.parent.parent
TRAINING = ("jax", "tensorflow", "torch")
INSTALLED = ("jax", "onnxruntime", "tensorflow", "torch")


def _find_links() -> list[str]:
    """Gives the find-links folders that pip's variables or files name."""
    said = os.environ.get("PIP_FIND_LINKS", "")
    pip = shutil.which("pip") or shutil.which("pip3")
    if not said and pip is not None:
        said = subprocess.run([pip, "config", "get", "global.find-links"], capture_output=True, text=True, check=False).stdout
    return said.split()


def _cpu_torch() -> tuple[str, str]:
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    for folder in _find_links():
        for wheel in sorted(Path(folder).glob(f"torch-*+cpu-{tag}-{tag}-*.whl"), reverse=True):
            return folder, wheel.name.split("-")[1]
    pytest.skip(f"no find-links folder has a CPU build of torch for {tag}")


@pytest.fixture(scope="module")
def real_prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder, version = _cpu_torch()
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert uv is not None
    place = tmp_path_factory.mktemp("real") / "env"
    subprocess.run([uv, "venv", "--quiet", "--no-config", "--python", sys.executable, str(place)], check=True)
    wanted = ["--find-links", folder, f"torch=={version}", "tensorflow", "jax", "onnxruntime"]
    subprocess.run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(place / "bin" / "python"), *wanted], check=True)
    yield place
    shutil.rmtree(place)


def _subjects() -> tuple[Subject, ...]:
    return tuple(
        Subject(name=each.name, distribution=each.distribution, import_name=each.import_name, script=str(script(each, "verify")))
        for each in frameworks()
        if each.name in INSTALLED
    )


def test_every_framework_and_every_order_is_proven_on_the_cpu(real_prefix: Path) -> None:
    proof = verify(real_prefix, _subjects(), Machine(os=OperatingSystem(family="linux")), accelerator="cpu")
    assert not proof.failed(), [each.says for each in proof.failed()]
    passed = [(each.framework, each.check) for each in proof.verdicts if each.state == "passed"]
    names = [each.name for each in _subjects()]
    assert tuple(names) == INSTALLED
    for name in names:
        # ONNX Runtime runs models and trains none.
        trained = ["gradient"] if name in TRAINING else []
        assert [check for framework, check in passed if framework == name] == ["import", "devices", "matmul-fp32", "conv2d-fp32", *trained]
    assert [framework for framework, check in passed if check == "import-order"] == [f"{one}+{other}" for one in names for other in names if one != other]
    errors = [each.error_relative for each in proof.verdicts if each.check == "matmul-fp32"]
    assert all(error is not None and 0 < error < 5e-6 for error in errors)


def test_the_same_environment_is_no_proof_for_a_gpu(real_prefix: Path) -> None:
    machine = Machine(os=OperatingSystem(family="linux"), gpus=(Gpu(name="NVIDIA GeForce RTX 4090"),))
    proof = verify(real_prefix, [each for each in _subjects() if each.name == "torch"], machine, accelerator="cuda")
    assert [(each.check, each.cause) for each in proof.failed()] == [("devices", "cpu-only-package-installed")]
    assert not proof.device_checks_ran


@pytest.mark.parametrize("name", TRAINING)
def test_the_example_trains(real_prefix: Path, name: str, tmp_path: Path) -> None:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "KERAS_HOME": str(tmp_path)}
    command = [str(real_prefix / "bin" / "python"), str(ROOT / "examples" / f"train_{name}.py")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120, cwd=tmp_path).stdout
    line = re.search(r"trained on cpu: final loss ([\d.]+)", said)
    assert line is not None, said
    assert float(line[1]) < 0.3


def test_numpy_and_plain_python_are_one_reference_there_too(real_prefix: Path) -> None:
    code = f"""
import runpy, numpy
names = runpy.run_path({reference.__file__!r})
large, plain = names["Numpy"](numpy), names["Plain"]()
images, kernels = plain.draw(2, 3, 6, 6), plain.draw(4, 3, 3, 3)
wanted = large.conv2d(numpy.asarray(images, "float32"), numpy.asarray(kernels, "float32"))
print(large.deviation(plain.conv2d(images, kernels), wanted) < 1e-12, isinstance(names["reference"](), names["Numpy"]))
"""
    said = subprocess.run([str(real_prefix / "bin" / "python"), "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "True"]
