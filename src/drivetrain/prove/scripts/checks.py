"""Runs a framework's checks inside the environment under proof, and says each answer as one JSON record between cookies.

It is started by path with that environment's own interpreter, so it uses the standard library (Python 3.8 or newer) and `reference.py` beside it;
the framework is reached through the functions of its `verify.py`: `load`, `devices`, `matmul`, `conv2d`, `train`, `cudnn` and, if need be, `offers`
(device, number format) and `LACKS`, the checks that it has nothing for.
Facts go out, no sentences: `sentences.py` says them in the reader's language.
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib.util
import json
import os
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

LIMITS = {"fp32": 1e-5, "tf32": 2e-3, "fp16": 5e-3, "bf16": 2e-2}
"""Largest deviation allowed, over the largest reference value. Rounding inputs and outputs of a 1024 x 1024 product costs 3.1e-4 in TF32, 4.7e-4 in fp16,
4.0e-3 in bf16 (computed with NumPy); the rest is room for the order of sums. fp32 costs 7e-7, so a product silently rounded to TF32 does not pass as fp32."""
CONV2D_FP32_LIMIT = 1e-4
"""TF32 costs 2.8e-4; below that there is room for Winograd transforms, which are less exact than a plain fp32 convolution (3e-7)."""
GRADIENT_LIMIT = 1e-4
GPU_CHECKS = ("matmul-tf32", "matmul-fp16", "matmul-bf16", "conv2d-cudnn-fp16", "cudnn-version")
FORMATS_SINCE = {"tf32": 8.0, "bf16": 8.0}
"""Compute capability from which the hardware has the format; source: CUDA C++ Programming Guide, features by compute capability."""
TEXT_LENGTH = 1200
"""Of an error's text: a record must stay below PIPE_BUF."""


class Skip(Exception):
    """A check that cannot be made here; its word says why."""


class Channel:
    """Standard output, and the records among whatever the process prints there; standard error joins it, so that the order is true."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self.descriptor = os.dup(1)
        os.dup2(1, 2)

    def send(self, **record: Any) -> None:
        # One write below PIPE_BUF is atomic: no other thread's noise falls into it.
        os.write(self.descriptor, f"\n{self.cookie}{json.dumps(record)}{self.cookie}\n".encode())

    def answer(self, check: str, device: str, work: Callable[[], Any]) -> bool:
        """Announces a check, does its work and says its facts; `why` among them makes it a failure."""
        self.send(begin=check, device=device)
        started = time.perf_counter()
        try:
            facts = work()
            state = "failed" if "why" in facts else "passed"
        except Skip as skip:
            state, facts = "skipped", {"why": str(skip)}
        except Exception as error:
            text = f"{type(error).__name__}: {error}"[:TEXT_LENGTH]
            state, facts = "failed", {"why": "raised", "error": text, "missing": error.name if isinstance(error, ModuleNotFoundError) else None}
        self.send(check=check, device=device, state=state, facts=facts, seconds=round(time.perf_counter() - started, 4))
        return state == "passed"


class Framework:
    """One framework under proof."""

    def __init__(self, subject: Any, accelerator: str) -> None:
        self.name: str = subject["name"]
        self.on_gpu: bool = subject["on_gpu"]
        # Of Metal no framework but PyTorch has a build that counts on it.
        self.must_see_gpu = self.on_gpu and accelerator == "cuda"
        self.verify = _module(Path(subject["script"]), f"verify_{self.name}")
        self.lacks: tuple[str, ...] = getattr(self.verify, "LACKS", ())
        self.reference: Any = None
        self.found: list[Any] = [{"device": "cpu"}]
        """The devices to prove: GPUs where they are wanted and seen, else the CPU."""

    def load(self) -> Any:
        facts = self.verify.load()
        self.reference = _module(Path(__file__).with_name("reference.py"), "reference")
        self.numbers = self.reference.reference()
        return facts

    def devices(self) -> Any:
        facts = self.verify.devices()
        gpus = [each for each in facts["devices"] if each["device"] != "cpu"]
        self.found = gpus if gpus and self.on_gpu else [{"device": "cpu"}]
        return {**facts, "why": "no-gpu"} if self.must_see_gpu and not gpus else facts

    def matmul(self, device: Any, number: str) -> Any:
        self.can(device, number)
        rows, inner, columns = self._size(device, (32, 48, 40), (192, 256, 128), (1024, 1024, 1024))
        left, right = self.numbers.draw(rows, inner), self.numbers.draw(inner, columns)
        result = self.verify.matmul(device["device"], number, left, right)
        return self._compared(result, self.numbers.matmul(left, right), LIMITS[number])

    def conv2d(self, device: Any, number: str) -> Any:
        self.can(device, number)
        count, channels, side, made = self._size(device, (2, 3, 8, 4), (4, 16, 32, 32), (16, 64, 56, 64))
        images, kernels = self.numbers.draw(count, channels, side, side), self.numbers.draw(made, channels, 3, 3)
        result = self.verify.conv2d(device["device"], number, images, kernels)
        return self._compared(result, self.numbers.conv2d(images, kernels), CONV2D_FP32_LIMIT if number == "fp32" else LIMITS[number])

    def gradient(self, device: Any) -> Any:
        self.can(device, "fp32")
        inputs, targets, weights = self.numbers.draw(64, 32), self.numbers.draw(64, 8), self.numbers.draw(32, 8, scale=0.1)
        mine = self.verify.train(device["device"], inputs, targets, weights, self.reference.STEPS, self.reference.RATE)
        wanted = self.numbers.train(inputs, targets, weights)
        return _worst([self._compared(mine[part], wanted[part], GRADIENT_LIMIT) for part in (0, 1)])

    def cudnn(self) -> Any:
        facts = {key: _cudnn_version(value) for key, value in self.verify.cudnn().items()}
        paths = _mapped("libcudnn")
        first = next((path for path in paths if re.match(r"libcudnn\.so\b", path.rsplit("/", 1)[-1])), None)
        if facts.get("loaded") is None and first is not None:
            facts["loaded"] = _cudnn_version(ctypes.CDLL(first).cudnnGetVersion())
        folders = sorted({path.rsplit("/", 1)[0] for path in paths})
        if len(folders) > 1:
            return {**facts, "why": "several-cudnns", "folders": folders[:3]}
        if facts.get("loaded") is None:
            raise Skip("no-cudnn-mapped")
        why = _cudnn_fault(facts["loaded"], facts.get("built"))
        return {**facts, "why": why} if why else facts

    def checks(self, device: Any) -> list[tuple[str, Callable[[], Any]]]:
        """Gives every check of one device, in the order in which they are made."""
        every = [("matmul-fp32", partial(self.matmul, device, "fp32")), ("conv2d-fp32", partial(self.conv2d, device, "fp32"))]
        if device["device"].startswith("cuda"):
            every += [(f"matmul-{number}", partial(self.matmul, device, number)) for number in ("tf32", "fp16", "bf16")]
            every += [("conv2d-cudnn-fp16", partial(self.conv2d, device, "fp16"))]
        every.append(("gradient", partial(self.gradient, device)))
        return [(check, _lacking if check in self.lacks else work) for check, work in every]

    def can(self, device: Any, number: str) -> None:
        if float(device.get("compute_capability") or 0) < FORMATS_SINCE.get(number, 0):
            raise Skip("capability")
        if hasattr(self.verify, "offers") and not self.verify.offers(device["device"], number):
            raise Skip("gpu-alone" if device["device"] == "cpu" and not self.verify.offers("cpu", "fp32") else "not-offered")

    def _size(self, device: Any, small: Any, middle: Any, large: Any) -> Any:
        if not self.numbers.is_large:
            return small
        return middle if device["device"] == "cpu" else large

    def _compared(self, result: Any, wanted: Any, limit: float) -> Any:
        error = self.numbers.deviation(result, wanted)
        facts = {"error_relative": error, "limit": limit}
        return facts if error is not None and error <= limit else {**facts, "why": "wrong"}


def alone(channel: Channel, framework: Framework) -> None:
    """Makes every check of one framework, each answered by itself."""
    if not channel.answer("import", "-", framework.load):
        return
    channel.answer("devices", "-", framework.devices)
    for device in framework.found:
        for check, work in framework.checks(device):
            channel.answer(check, device["device"], work)
    if any(device["device"].startswith("cuda") for device in framework.found):
        channel.answer("cudnn-version", "-", _lacking if "cudnn-version" in framework.lacks else framework.cudnn)
        return
    for check in GPU_CHECKS:
        channel.send(check=check, device="-", state="skipped", facts={"why": "no-gpu" if framework.must_see_gpu else "cpu"}, seconds=None)


def together(frameworks: list[Framework]) -> Any:
    """Imports the frameworks in their order, then lets each compute on its first device."""
    for each in frameworks:
        each.load()
    answers = []
    for each in frameworks:
        each.devices()
        device = each.found[0]
        try:
            answers.append({**each.conv2d(device, "fp32"), "who": each.name, "device": device["device"]})
        except Skip:
            # One that has nothing for this device is imported beside the others, and computes nothing.
            continue
    return _worst(answers) if answers else _lacking()


def _lacking() -> Any:
    raise Skip("lacking")


def main(cookie: str, job: Any) -> None:
    """Makes the job's checks; the last record says that all were answered."""
    channel = Channel(cookie)
    faulthandler.enable(file=2, all_threads=False)
    frameworks = [Framework(subject, job["accelerator"]) for subject in job["subjects"]]
    if len(frameworks) == 1:
        alone(channel, frameworks[0])
    else:
        channel.answer("import-order", "-", partial(together, frameworks))
    channel.send(done=True)


def _module(path: Path, name: str) -> Any:
    # By path: neither folder may stand on sys.path, where its files would shadow the environment's modules.
    spec: Any = importlib.util.spec_from_file_location(f"drivetrain_{name}", path)
    module = importlib.util.module_from_spec(spec)
    # Nor may an environment's interpreter leave its byte code in drivetrain's own folders.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def _worst(answers: list[Any]) -> Any:
    return max(answers, key=lambda facts: ("why" in facts, facts["error_relative"] or 0.0))


def _mapped(name: str) -> list[str]:
    """Gives the files of that name which the dynamic loader has mapped into this process; none are known outside Linux."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    paths = {line[line.index("/") :] for line in lines if name in line and "/" in line}
    return sorted(path for path in paths if path.rsplit("/", 1)[-1].startswith(name))


def _cudnn_version(number: Any) -> Any:
    """Gives "9.10.2" for 91002 and "8.9.7" for 8907, and text as it is; source: CUDNN_VERSION in cudnn_version.h."""
    if not isinstance(number, int):
        return number
    unit = 10000 if number >= 90000 else 1000
    return f"{number // unit}.{number % unit // 100}.{number % 100}"


def _cudnn_fault(loaded: str, built: str | None) -> str | None:
    if not built:
        return None
    # Minor versions serve what was built against an older one; the patch does not matter.
    mine, wanted = ([int(part) for part in version.split(".")[:2]] for version in (loaded, built))
    if mine[0] != wanted[0]:
        return "other-cudnn-major"
    return None if mine[: len(wanted)] >= wanted else "older-cudnn"


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
