"""Healthy environments as people make them, each with the machine it fits."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from workshop import MACHINES, audited, found, made, told, unpacked

HEAVY = "DRIVETRAIN_HEAVY_TESTS" in os.environ


class Healthy(NamedTuple):
    """One environment that nothing is wrong with."""

    name: str
    requirements: tuple[str, ...]
    machine: str = "h100-driver-580"
    """A machine it runs on: the stem of a file beside this one, or of tests/machines."""
    platform: str = ""
    """Laid into a folder for another operating system, as uv names it; empty: a virtual environment of this one."""
    heavy: bool = False
    """Brings gigabytes of its own to uv's cache: made only where DRIVETRAIN_HEAVY_TESTS is set, with a cache that goes with it."""


CPU = "cpu-debian-12"

TORCH = (
    Healthy("torch 2.15.0, CUDA 13.2", ("torch==2.15.0",)),
    Healthy("torch 2.8.0, CUDA 12.8", ("torch==2.8.0", "torchvision==0.23.0", "numpy")),
    Healthy("torch 2.7.1, CUDA 12.6", ("torch==2.7.1", "torchvision==0.22.1"), heavy=True),
    Healthy("torch 2.5.1, CUDA 12.4", ("torch==2.5.1", "torchvision==0.20.1", "torchaudio==2.5.1"), heavy=True),
    Healthy("torch 2.2.2, CUDA 12.1", ("torch==2.2.2", "numpy<2"), heavy=True),
)
TENSORFLOW = (
    Healthy("TensorFlow 2.21.0, CUDA 12.5", ("tensorflow[and-cuda]==2.21.0",)),
    Healthy("TensorFlow 2.20.0, CUDA 12.5", ("tensorflow[and-cuda]==2.20.0",)),
    Healthy("TensorFlow 2.15.1, CUDA 12.2", ("tensorflow[and-cuda]==2.15.1",)),
    Healthy("TensorFlow 2.17.1, CUDA 12.3", ("tensorflow[and-cuda]==2.17.1",), heavy=True),
)
JAX = (
    Healthy("JAX 0.10.2, CUDA 12", ("jax[cuda12]==0.10.2",)),
    Healthy("JAX 0.9.0, CUDA 12", ("jax[cuda12]==0.9.0",)),
    Healthy("JAX 0.10.2, CUDA 13", ("jax[cuda13]==0.10.2",), heavy=True),
    Healthy("JAX 0.4.38, CUDA 12", ("jax[cuda12]==0.4.38",), heavy=True),
)
ON_THE_CPU = (
    Healthy("TensorFlow 2.21.0, CPU", ("tensorflow-cpu==2.21.0",), CPU),
    Healthy("TensorFlow 2.20.0, CPU", ("tensorflow==2.20.0",), CPU),
    Healthy("TensorFlow 2.15.1, CPU", ("tensorflow-cpu==2.15.1",), CPU),
    Healthy("JAX 0.10.2, CPU", ("jax==0.10.2",), CPU),
    Healthy("JAX 0.9.0, CPU", ("jax==0.9.0",), CPU),
    Healthy("JAX 0.4.38, CPU", ("jax==0.4.38", "flax"), CPU),
)
OTHER_SYSTEMS = (
    Healthy("Windows wheels: torch, TensorFlow, JAX", ("torch==2.8.0", "tensorflow==2.20.0", "jax==0.9.0"), "windows-11", "windows"),
    Healthy("macOS wheels: torch, TensorFlow, JAX", ("torch==2.8.0", "tensorflow==2.20.0", "jax==0.9.0"), "mac-m2", "macos"),
    Healthy("a folder made with --target", ("torch==2.8.0",), "h100-driver-580", "linux"),
)


def cases(*several: Healthy) -> pytest.MarkDecorator:
    """The parameters of a test that is run for each of them; the heavy ones wait for DRIVETRAIN_HEAVY_TESTS."""
    mark = pytest.mark.skipif(not HEAVY, reason="brings gigabytes of its own: DRIVETRAIN_HEAVY_TESTS=1")
    return pytest.mark.parametrize("healthy", [pytest.param(each, id=each.name, marks=(mark,) if each.heavy else ()) for each in several])


def machine_file(stem: str) -> Path:
    """The machine of that name."""
    return next(path for folder in (Path(__file__).parent / "machines", MACHINES) if (path := folder / f"{stem}.json").exists())


def nothing_is_wrong(prefix: Path, stem: str) -> None:
    """Asserts that audit finds neither error nor warning, on the machine it fits and on this one."""
    for flags in (("--machine", machine_file(stem)), ()):
        findings = found(audited(prefix, *flags), "error", "warning")
        assert not findings, told(findings)


def stays_healthy(healthy: Healthy, folder: Path) -> None:
    """Makes the environment, asserts that nothing is wrong in it, and takes it away."""
    own_cache = {"UV_CACHE_DIR": str(folder / "cache")} if healthy.heavy or healthy.platform in ("windows", "macos") else {}
    if healthy.platform:
        prefix = unpacked(folder / "env", *healthy.requirements, platform=healthy.platform, **own_cache)
    else:
        prefix = made(folder / "env", *healthy.requirements, **own_cache)
    nothing_is_wrong(prefix, healthy.machine)
    shutil.rmtree(folder)
