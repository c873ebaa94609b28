"""Tells which framework's own index an address is, and which of its builds lies there: `.../whl/cu128` holds the builds for CUDA 12.8.

Source: https://pytorch.org/get-started/previous-versions/ (addresses by build, torch_stable.html for all of them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.build import Framework

_LABEL = re.compile(r"cu\d{2,3}|cpu|rocm[\d.]+|xpu")


class Place(Struct, frozen=True):
    """A framework's own index, and the one build whose wheels the address lists; "" where it lists all."""

    name: str
    label: str


def place_at(address: str, frameworks: Iterable[Framework]) -> Place | None:
    """Gives the place of an address, of a copy on another host too; None for any other index, and for one of nightly builds, which no catalogue holds."""
    if "/nightly" in address:
        return None
    parts = [part for part in re.split(r"[/#?]", address.partition("://")[2] or address) if part]
    label = next((part for part in parts[1:] if _LABEL.fullmatch(part)), "")
    for framework in frameworks:
        if framework.page and address.startswith(framework.page.url.rpartition("/")[0]):
            return Place(framework.page.place, "")
        if framework.wheel_index is None:
            continue
        name, template = framework.wheel_index
        if address.startswith(template.split("{")[0].rstrip("/")):
            return Place(name, label)
        # Copies keep the folders: https://mirror.example/pytorch-wheels/cu121, https://mirror.example/pytorch/whl/cu121.
        if label and "{" in template and any(part.startswith((framework.name, framework.title.lower())) for part in parts):
            return Place(name, label)
    return None
