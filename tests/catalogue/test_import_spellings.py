"""The one spelling that the imports make of the many in the collected facts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drivetrain.model.catalogue import Requirement


def tool(name: str) -> ModuleType:
    """Loads a module of tools/, which is no package: maintainers run its files."""
    spec = spec_from_file_location(name, Path(__file__).parents[2] / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


spellings = tool("spellings")


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (spellings.platform, "linux_x86_64", "linux-x86_64"),
        (spellings.platform, "windows_x86_64", "windows-x86_64"),
        (spellings.platform, "manylinux_2_28_aarch64", "linux-aarch64"),
        (spellings.platform, "macosx_11_0_arm64", "macos-arm64"),
        (spellings.platform, "win-64", "windows-x86_64"),
        (spellings.interpreter, "3.13t", "cp313t"),
        (spellings.interpreter, "3.9", "cp39"),
        (spellings.interpreter, "cp310", "cp310"),
        (spellings.arch_list, "7.0;12.0+PTX", (("sm_70", "sm_120"), ("compute_120",))),
        (spellings.arch_list, ["8.0", "9.0"], (("sm_80", "sm_90"), ())),
        (spellings.bazel_capabilities, "sm_50,sm_80,compute_90", ("sm_50", "sm_80", "sm_90", "compute_90")),
        (spellings.bazel_capabilities, "3.5,7.0", ("sm_35", "sm_70", "compute_35", "compute_70")),
        (spellings.requirements, ["triton==3.4.0"], (Requirement("triton", "==3.4.0"),)),
        (spellings.sources, ["a", "b", "a"], ("a", "b")),
    ],
)
def test_spellings(read: Callable[[Any], object], text: object, expected: object) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("read", "text"),
    [(spellings.platform, "beos_x86_64"), (spellings.interpreter, "py3"), (spellings.arch_list, "5.0;7.0 (script of 2021)"), (spellings.requirements, ["!!"])],
)
def test_what_is_not_understood_is_an_error(read: Callable[[Any], object], text: object) -> None:
    with pytest.raises(ValueError, match="no "):
        read(text)
