"""Which wheel fits which platform and Python, held against the packaging library's own tags."""

from __future__ import annotations

import pytest
from packaging.tags import compatible_tags, cpython_tags

from drivetrain.catalogue.relations.wheel_fit import interpreter_fits, needed_glibc, platform_fits


@pytest.mark.parametrize(
    ("tag", "platform", "glibc", "fits"),
    [
        ("any", "linux-x86_64", "2.17", True),
        ("manylinux_2_28_x86_64", "linux-x86_64", "2.28", True),
        ("manylinux_2_28_x86_64", "linux-x86_64", "2.27", False),
        ("manylinux_2_28_x86_64", "linux-x86_64", None, True),
        ("manylinux_2_28_x86_64", "linux-aarch64", "2.36", False),
        ("manylinux2014_x86_64.manylinux_2_17_x86_64", "linux-x86_64", "2.17", True),
        ("manylinux2014_aarch64", "linux-aarch64", "2.36", True),
        ("manylinux1_x86_64", "linux-x86_64", "2.5", True),
        ("manylinux_2_5_x86_64.manylinux1_x86_64", "linux-x86_64", "2.4", False),
        ("musllinux_1_2_x86_64", "linux-x86_64", "2.36", False),
        ("linux_x86_64", "linux-x86_64", "2.17", True),
        ("win_amd64", "windows-x86_64", None, True),
        ("win32", "windows-x86_64", None, False),
        ("win_arm64", "windows-aarch64", None, True),
        ("win_amd64", "windows-aarch64", None, False),
        ("macosx_11_0_arm64", "macos-arm64", None, True),
        ("macosx_10_9_universal2", "macos-arm64", None, True),
        ("macosx_10_9_x86_64", "macos-arm64", None, False),
        ("macosx_10_9_intel", "macos-x86_64", None, True),
        ("manylinux_2_17_ppc64le", "linux-ppc64le", "2.36", True),
    ],
)
def test_platform_tags(tag: str, platform: str, glibc: str | None, fits: bool) -> None:
    assert platform_fits(tag, platform, glibc) is fits


def test_a_compressed_set_asks_for_its_lowest_glibc() -> None:
    assert needed_glibc("manylinux_2_17_x86_64.manylinux2014_x86_64") == (2, 17)
    assert needed_glibc("manylinux_2_28_x86_64.manylinux_2_24_x86_64") == (2, 24)
    assert needed_glibc("win_amd64") is None


TAGS = (
    *("cp312-cp312", "cp311-cp311", "cp39-abi3", "cp312-abi3", "cp313-abi3", "py3-none", "py2.py3-none", "py2-none", "py38-none", "py313-none"),
    *("cp312-none", "cp313-cp313t", "cp39.cp310-abi3", "cp37-cp37m", "pp310-pypy310_pp73"),
)


@pytest.mark.parametrize("python", ["3.8", "3.10", "3.12", "3.13"])
@pytest.mark.parametrize("tags", TAGS)
def test_interpreter_tags_are_those_of_the_packaging_library(tags: str, python: str) -> None:
    version = tuple(map(int, python.split(".")))
    supported = [*cpython_tags(version, platforms=["any"]), *compatible_tags(version, platforms=["any"])]
    accepted = {f"{tag.interpreter}-{tag.abi}" for tag in supported}
    interpreters, abi = tags.split("-")
    expected = any(f"{each}-{abi}" in accepted for each in interpreters.split("."))
    assert interpreter_fits(tags, python) is expected
