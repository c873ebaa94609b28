"""Finds GPU models by the names that people, NVML and PCI tables give them, and by PCI id, from `data/gpus.json`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from drivetrain.model.catalogue import Architecture, GpuModel

MAKERS = frozenset({"nvidia", "geforce", "tesla", "jetson", "graphics", "with", "design", "generation", "edition", "gpu", "corporation", "nvgpu"})
"""Words that tell no two models apart."""
SHAPES = re.compile(r"\d+g?b?|\d+g|hbm\w*|sxm\d?|pcie|nvl\d*|nvswitch|mobile|maxq|\d+[qcab]|grid|super|oem|d|ts|n|rev|workstation|server|laptop")
"""Words that name a memory size, a form or a vGPU profile: left out when the whole name is not in the table."""

SIZES = re.compile(r"\d+gb|hbm\w*|sxm\d?|nvl\d*")
"""Words with digits that name no model by themselves."""


def models_named(name: str) -> tuple[GpuModel, ...]:
    """Gives every model that this name may mean; several with different compute capabilities mean that the name does not decide.

    A whole name wins over a shortened one ("RTX 3050" over "RTX 3050 Ti"), except that a short name which several chips bear gives all of them.
    """
    words = words_of(name)
    if not words:
        return ()
    return _whole(words) or _containing(words) or _containing(_bare(words))


def model_of_pci(device_id: str) -> GpuModel | None:
    """Gives the model with this PCI device id ("2684", "10de:2684"); names that share one id are joined ("A16 / A2"), their chip is the same."""
    device = device_id.lower().rpartition(":")[2].removeprefix("0x")
    rows = [row for row in _document()["models"] if device in row[3]]
    if not rows:
        return None
    return msgspec.structs.replace(_model(rows[0]), name=" / ".join(row[0] for row in rows))


def last_branch(capability: str) -> str | None:
    """Gives the last driver branch ("580") that serves chips of a compute capability; None where none is known to be the last, as for Jetson's."""
    found = {row[4] for row in _document()["models"] if row[1] == capability}
    return next(iter(found)) if len(found) == 1 else None


def nearest_names(name: str, count: int = 3) -> tuple[str, ...]:
    """Gives the names of the table that look most like an unknown one."""
    from difflib import get_close_matches

    spellings = {" ".join(sorted(words_of(row[0]))): row[0] for row in _document()["models"]}
    close = get_close_matches(" ".join(sorted(words_of(name))), spellings, n=count, cutoff=0.5)
    return tuple(spellings[each] for each in close)


def words_of(name: str) -> frozenset[str]:
    """Gives the words of a name that tell models apart: "NVIDIA GeForce RTX 3060 Laptop GPU" and "RTX3060 Mobile" are the same."""
    text = name.lower().replace("(r)", "").replace("(tm)", "")
    text = re.sub(r"\bmig\b.*", "", text)
    text = re.sub(r"laptop gpu|notebook gpu|laptop", "mobile", text)
    text = re.sub(r"max-?q", "maxq", text)
    text = re.sub(r"\b(rtx|gtx|gts|gt|titan)(?=[a-z]?\d)", r"\1 ", text)
    text = re.sub(r"(?<=\d)(ti|super|ada|laptop)\b", r" \1", text)
    text = re.sub(r"(\d+) ?gi?b\b", r"\1gb", text)
    return frozenset(re.findall(r"[a-z0-9]+", text)) - MAKERS


@lru_cache(maxsize=1)
def architectures() -> tuple[Architecture, ...]:
    """Gives every compute capability ("9.0a" and "12.0f" too), and the toolkits that compile for it."""
    return tuple(
        Architecture(compute_capability=capability, cuda_first=first, cuda_dropped_in=dropped, name=name, sources=_sources(numbers))
        for capability, first, dropped, name, numbers, _ in _document()["architectures"]
    )


def _whole(words: frozenset[str]) -> tuple[GpuModel, ...]:
    return tuple(_model(row) for known, row in _candidates(words) if known == words)


def _containing(words: frozenset[str]) -> tuple[GpuModel, ...]:
    telling = [word for word in words if any(map(str.isdigit, word)) and not SIZES.fullmatch(word)]
    if not telling and not words & {"orin", "thor", "xavier", "titan", "spark"}:
        return ()
    return tuple(_model(row) for known, row in _candidates(words) if words <= known)


def _bare(words: frozenset[str]) -> frozenset[str]:
    """Leaves out sizes and forms, but never the number that is the model ("A10-24Q" is an A10, "1050" stays)."""
    kept = frozenset(word for word in words if not SHAPES.fullmatch(word))
    numbers = {word for word in words - kept if re.fullmatch(r"\d{3,4}", word)}
    return kept | numbers


def _candidates(words: frozenset[str]) -> list[tuple[frozenset[str], Any]]:
    """Gives the rows whose name has the longest number of these words in it: taking all 787 names apart would cost 8 ms."""
    numbers = [number for word in words for number in re.findall(r"\d+", word)]
    longest = max(numbers, key=len, default="")
    return [(words_of(row[0]), row) for row in _document()["models"] if longest in row[0]]


def _model(row: Any) -> GpuModel:
    name, capability, architecture, pci_ids, branch, numbers, _ = row
    return GpuModel(
        name=name, compute_capability=capability, architecture=architecture, pci_ids=tuple(pci_ids), last_driver_branch=branch, sources=_sources(numbers)
    )


@lru_cache(maxsize=1)
def _document() -> Any:
    return msgspec.json.decode(Path(__file__).with_name("data").joinpath("gpus.json").read_bytes())


def _sources(numbers: list[int]) -> tuple[str, ...]:
    names = _document()["sources"]
    return tuple(names[number] for number in numbers)
