"""Makes one spelling of the many in which documents write platforms, Pythons, compute capabilities and versions."""

from __future__ import annotations

import re

from drivetrain.catalogue.refresh.metadata_requirements import requirement_of
from drivetrain.model.catalogue import PLATFORMS, Requirement


def platform(text: str) -> str:
    """Gives "linux-x86_64" for "linux_x86_64", "manylinux_2_28_x86_64" and "linux-64"."""
    conda = {"linux-64": "linux-x86_64", "win-64": "windows-x86_64", "linux-aarch64": "linux-aarch64", "osx-64": "macos-x86_64", "osx-arm64": "macos-arm64"}
    if text in conda:
        return conda[text]
    match = re.fullmatch(r"(many)?(?P<os>linux|windows|win|macosx?|macos)[\d_]*?_?(?P<machine>x86_64|amd64|aarch64|arm64)", text)
    if match is None:
        raise ValueError(f"no platform: {text}")
    os = {"win": "windows", "macosx": "macos"}.get(match["os"], match["os"])
    found = f"{os}-{'x86_64' if match['machine'] == 'amd64' else match['machine']}"
    if found not in PLATFORMS:
        raise ValueError(f"no platform of the catalogue: {text}")
    return found


def interpreter(text: str) -> str:
    """Gives "cp313t" for "3.13t", and "cp310" for itself."""
    match = re.fullmatch(r"(?:cp)?3\.?(\d+)(t?)", text)
    if match is None:
        raise ValueError(f"no interpreter: {text}")
    return f"cp3{match[1]}{match[2]}"


def arch_list(text: str | list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gives (SASS targets, PTX targets) of a TORCH_CUDA_ARCH_LIST, "7.0;9.0+PTX"; source: PyTorch's torch/utils/cpp_extension.py."""
    parts = text.split(";") if isinstance(text, str) else list(text)
    sass, ptx = [], []
    for part in parts:
        match = re.fullmatch(r"(\d+)\.(\d)(\+PTX)?", part.strip())
        if match is None:
            raise ValueError(f"no compute capability: {part}")
        sass.append(f"sm_{match[1]}{match[2]}")
        if match[3]:
            ptx.append(f"compute_{match[1]}{match[2]}")
    return tuple(sass), tuple(ptx)


def bazel_capabilities(text: str | list[str]) -> tuple[str, ...]:
    """Gives the targets of TF_CUDA_COMPUTE_CAPABILITIES: "sm_80" is binary code alone, "compute_90" and "9.0" are binary code and PTX.

    Source: the question that TensorFlow's configure.py asks. Counted in the binaries of TensorFlow 2.10.1 and 2.21.0 and jax-cuda12-pjrt 0.12.0.1, whose
    lists end in compute_80, compute_90 and compute_120: each holds SASS for it as well.
    """
    sass, ptx = [], []
    for part in text.split(",") if isinstance(text, str) else text:
        match = re.fullmatch(r"(sm_|compute_)?(\d+)\.?(\d)", part.strip())
        if match is None:
            raise ValueError(f"no compute capability: {part}")
        sass.append(f"sm_{match[2]}{match[3]}")
        if match[1] != "sm_":
            ptx.append(f"compute_{match[2]}{match[3]}")
    return (*sass, *ptx)


def requirements(lines: list[str]) -> tuple[Requirement, ...]:
    """Gives requirement lines taken apart; a line that is none is an error."""
    read = [requirement_of(line) for line in lines]
    if None in read:
        raise ValueError(f"no requirement: {lines[read.index(None)]}")
    return tuple(each for each in read if each is not None)


def sources(value: str | list[str], *more: str) -> tuple[str, ...]:
    """Gives the sources as a tuple without repetition."""
    first = [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys([*first, *more]))
