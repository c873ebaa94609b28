"""Where a published table is wrong about a row of tests/tables: which source, how that is known, and what holds instead. Written by hand."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Correction(Struct, frozen=True, kw_only=True):
    """What holds instead of what the table says of one row."""

    source: str
    """The source that is wrong."""
    how: str
    """How we know."""
    expect: dict[str, Any]
    replaces: bool = False
    """Whether `expect` stands for the whole expectation; else it changes keys of it."""


_YANKED = Correction(
    source="jax_builds.json lists the release like any other",
    how='the package index marks it as yanked (PEP 592); NOTES.md, "Yanked and not marked"',
    expect={"status": "refused", "causes": ["release-yanked"]},
    replaces=True,
)

WRONG: dict[str, Correction] = {
    **{f"jax-{release}": _YANKED for release in ("0.3.18-cuda11", "0.4.0-cuda11", "0.4.15-cuda11", "0.4.15-cuda12", "0.4.32-cuda12")},
    "torch-2.11.0-cu129-windows-x86_64": Correction(
        source="torch_builds.json, which has cu129 of 2.11.0 for Windows from cog's matrix",
        how="no public lock file names such a wheel, and PyTorch's build matrix has none for Windows from 2.9.1 on (NOTES.md, torch_pins.json)",
        expect={"status": "refused", "causes": ["requested-version-does-not-exist"]},
        replaces=True,
    ),
}
