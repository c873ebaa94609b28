"""The wheel that is locked is the one that uv would install."""

from __future__ import annotations

import pytest

from drivetrain.install.wheel_rank import rank


@pytest.mark.parametrize(
    ("best", "others"),
    [
        ("a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", ["a-1-cp37-abi3-manylinux_2_28_x86_64.whl", "a-1-py3-none-any.whl"]),
        ("a-1-cp310-abi3-manylinux2014_x86_64.whl", ["a-1-cp38-abi3-manylinux2014_x86_64.whl", "a-1-py3-none-manylinux2014_x86_64.whl"]),
        ("a-1-py3-none-manylinux_2_31_x86_64.whl", ["a-1-py3-none-any.whl"]),
        ("a-1-cp312-cp312-manylinux_2_28_x86_64.whl", ["a-1-cp312-cp312-manylinux_2_17_x86_64.whl", "a-1-cp312-cp312-manylinux1_x86_64.whl"]),
        ("a-1-cp312-cp312-macosx_14_0_arm64.whl", ["a-1-cp312-cp312-macosx_11_0_arm64.whl", "a-1-cp312-cp312-macosx_14_0_universal2.whl"]),
        ("a-1-cp312-none-any.whl", ["a-1-py312-none-any.whl", "a-1-py3-none-any.whl", "a-1-py2.py3-none-any.whl"]),
        ("a-1-2-py3-none-any.whl", ["a-1-1b-py3-none-any.whl", "a-1-py3-none-any.whl"]),
    ],
)
def test_the_wheel_closest_to_the_target_is_the_largest(best: str, others: list[str]) -> None:
    assert max([*others, best], key=rank) == best
