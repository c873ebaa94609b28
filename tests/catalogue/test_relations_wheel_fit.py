"""Which wheel fits which platform and Python, held against the packaging library's own tags."""

from __future__ import annotations

import pytest
from packaging.tags import compatible_tags, cpython_tags, mac_platforms

from drivetrain.catalogue.relations.wheel_fit import interpreter_fits, misfit, needed_release, platform_fits


@pytest.mark.parametrize(
    ("tag", "platform", "release", "fits"),
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
        ("musllinux_1_2_x86_64", "linux-x86_64", "musl 1.2", True),
        ("musllinux_1_1_x86_64", "linux-x86_64", "musl 1.2", True),
        ("musllinux_1_2_x86_64", "linux-x86_64", "musl 1.1", False),
        ("musllinux_1_2_x86_64", "linux-x86_64", None, False),
        ("manylinux_2_17_x86_64.musllinux_1_1_x86_64", "linux-x86_64", "musl 1.2", True),
        ("manylinux_2_5_x86_64", "linux-x86_64", "musl 1.2", False),
        ("any", "linux-x86_64", "musl 1.2", True),
        ("macosx_14_0_arm64", "macos-arm64", "14.5", True),
        ("macosx_14_0_arm64", "macos-arm64", "13.7", False),
        ("macosx_14_0_arm64", "macos-arm64", None, True),
        ("macosx_10_15_x86_64", "macos-x86_64", "10.14", False),
        ("macosx_10_15_universal2", "macos-x86_64", "14.0", True),
    ],
)
def test_platform_tags(tag: str, platform: str, release: str | None, fits: bool) -> None:
    assert platform_fits(tag, platform, release) is fits


def test_a_compressed_set_asks_for_its_lowest_release() -> None:
    assert needed_release("manylinux_2_17_x86_64.manylinux2014_x86_64") == "2.17"
    assert needed_release("manylinux_2_28_x86_64.manylinux_2_5_x86_64") == "2.5"
    assert needed_release("musllinux_1_2_x86_64") == "musl 1.2"
    assert needed_release("macosx_14_0_arm64") == "14.0"
    assert needed_release("win_amd64") is None


@pytest.mark.parametrize("release", ["10.9", "10.16", "11.0", "13.6", "14.0", "26.1"])
@pytest.mark.parametrize("arch", ["x86_64", "arm64"])
def test_macos_tags_are_those_of_the_packaging_library(release: str, arch: str) -> None:
    own = tuple(map(int, release.split(".")))
    accepted = set(mac_platforms((own[0], own[1]), arch))
    for major, minor in (*((10, each) for each in range(4, 17)), *((each, 0) for each in range(11, 28))):
        # There is no macOS 10 for Apple's own chips, and universal2 of it is for Intel's.
        for machine in ("x86_64", "arm64", "universal2", "intel") if major > 10 or arch == "x86_64" else ("x86_64", "universal2"):
            tag = f"macosx_{major}_{minor}_{machine}"
            if tag in accepted:
                assert platform_fits(tag, f"macos-{arch}", release), tag
            elif (major, minor) > own:
                assert not platform_fits(tag, f"macos-{arch}", release), tag


@pytest.mark.parametrize(
    ("tags", "platform", "release", "cause", "says"),
    [
        (("manylinux_2_34_x86_64", "win_amd64"), "linux-x86_64", "2.28", "glibc-too-old", "needs glibc 2.34, this system has 2.28"),
        (("macosx_14_0_arm64",), "macos-arm64", "12.3", "macos-version-too-old", "needs macOS 14.0, this system has 12.3"),
        (("manylinux_2_17_x86_64",), "linux-x86_64", "musl 1.2", "platform-without-build", "are for glibc, and this system has musl 1.2"),
        (("musllinux_1_2_x86_64",), "linux-x86_64", "musl 1.1", "platform-without-build", "needs musl 1.2, this system has 1.1"),
        (("win_amd64",), "linux-x86_64", "2.28", "platform-without-build", "no wheel for linux-x86_64"),
        (("musllinux_1_2_x86_64",), "linux-x86_64", "2.28", "platform-without-build", "no wheel for linux-x86_64"),
    ],
)
def test_a_misfit_is_told_by_what_would_have_to_change(tags: tuple[str, ...], platform: str, release: str, cause: str, says: str) -> None:
    found = misfit(tags, platform, release, name="torch", version="2.0")
    assert found[0] == cause
    assert says in found[1]


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
