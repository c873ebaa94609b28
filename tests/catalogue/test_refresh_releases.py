"""Files of a project page turned into releases."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.refresh.index_page import IndexFile
from drivetrain.catalogue.refresh.releases import listed_releases, platforms_of, wheels_to_read


def files(*names: str) -> list[IndexFile]:
    return [IndexFile(name, f"https://index.example/{name}", bytes=len(name)) for name in names]


@pytest.mark.parametrize(
    ("tags", "platforms"),
    [
        ("cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64", ("linux-x86_64",)),
        ("cp310-cp310-manylinux1_x86_64", ("linux-x86_64",)),
        ("cp310-cp310-linux_x86_64", ("linux-x86_64",)),
        ("py3-none-manylinux_2_27_aarch64", ("linux-aarch64",)),
        ("cp310-cp310-win_amd64", ("windows-x86_64",)),
        ("cp310-none-macosx_11_0_arm64", ("macos-arm64",)),
        ("cp310-cp310-macosx_10_9_universal2", ("macos-arm64", "macos-x86_64")),
        ("py3-none-any", ("any",)),
        ("cp310-cp310-musllinux_1_2_x86_64", ()),
        ("cp310-cp310-manylinux2014_i686", ()),
        ("cp310-cp310-win32", ()),
        ("cp310-cp310-win_arm64", ()),
        ("cp310-cp310-manylinux2014_ppc64le", ()),
        ("cp313-cp313-ios_13_0_arm64_iphoneos", ()),
    ],
)
def test_platforms_of_tags(tags: str, platforms: tuple[str, ...]) -> None:
    assert platforms_of(tags) == platforms


def test_wheels_that_no_target_takes_are_left_out() -> None:
    (one,) = listed_releases(
        "a", files("a-1.0-pp310-pypy310_pp73-manylinux2014_x86_64.whl", "a-1.0-cp27-cp27m-win_amd64.whl", "a-1.0-py2.py3-none-any.whl", "a-1.0-1-1.whl")
    )
    assert [wheel.tags for wheel in one.release.wheels] == ["py2.py3-none-any"]


def test_the_highest_build_number_wins() -> None:
    (one,) = listed_releases(
        "torch", files("torch-2.10.0-3-cp311-cp311-win_amd64.whl", "torch-2.10.0-cp311-cp311-win_amd64.whl", "torch-2.10.0-1-cp311-cp311-win_amd64.whl")
    )
    assert one.wheels["cp311-cp311-win_amd64"].filename == "torch-2.10.0-3-cp311-cp311-win_amd64.whl"


def test_pre_releases_count_only_beyond_the_newest_final() -> None:
    names = [f"a-{version}-py3-none-any.whl" for version in ("1.0rc1", "1.0", "1.1.dev3", "1.0.post1", "2.0a1", "0.9")]
    assert [each.release.version for each in listed_releases("a", files(*names))] == ["2.0a1", "1.1.dev3", "1.0.post1", "1.0", "0.9"]
    assert [each.release.version for each in listed_releases("a", files("a-1.0rc1-py3-none-any.whl"))] == ["1.0rc1"], "there is no final at all"


def test_files_of_other_projects_and_odd_names_are_passed_over() -> None:
    assert listed_releases("a", files("ab-1.0-py3-none-any.whl", "a-1.0.exe", "a-not a version-py3-none-any.whl", "a-1.0-py3-none-any.whl.asc")) == ()


def test_a_release_without_a_wheel_stays() -> None:
    (one,) = listed_releases("tensorrt-libs", files("tensorrt_libs-9.3.0.tar.gz"))
    assert (one.release.version, one.release.wheels, wheels_to_read(one, every_platform=True)) == ("9.3.0", (), {})


def test_which_wheels_are_read() -> None:
    names = [
        "cp39-cp39-win_amd64",
        "cp314-cp314t-manylinux_2_28_x86_64",
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp39-cp39-manylinux_2_28_x86_64",
        "cp313-none-macosx_14_0_arm64",
    ]
    (one,) = listed_releases("torch", files(*(f"torch-2.0-{tags}.whl" for tags in names)))
    assert wheels_to_read(one, every_platform=False) == {"linux-x86_64": "cp313-cp313-manylinux_2_28_x86_64"}, "the newest Python's, not the free-threaded one"
    assert list(wheels_to_read(one, every_platform=True)) == ["linux-x86_64", "windows-x86_64", "macos-arm64"]
