"""The label of a wheel in a folder of one's own tells for which release of the framework and which CUDA it was compiled."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.companions import labelled_build
from drivetrain.model.build import Build, Framework
from drivetrain.model.catalogue import Requirement

TORCH = Framework(name="torch", distribution="torch", title="PyTorch", import_name="torch")


@pytest.mark.parametrize(
    ("label", "torch", "cuda", "family"),
    [
        ("pt28cu128", "==2.8.*", "12", 12),
        ("pt112cu116", "==1.12.*", "11", 11),
        ("pt212cpu", "==2.12.*", "cpu", None),
        ("cu12torch2.8cxx11abitrue", "==2.8.*", "12", 12),
        ("cu12torch2.8cxx11abiTRUE", "==2.8.*", "12", 12),
        ("cu130torch2.10.0cxx11abitrue", "==2.10.*", "13", 13),
        ("torch2.9cu128", "==2.9.*", "12", 12),
        ("cu126", "", "12", 12),
        ("cpu", "", "cpu", None),
    ],
)
def test_a_label_tells_the_framework_and_its_cuda(label: str, torch: str, cuda: str, family: int | None) -> None:
    build = labelled_build(TORCH, Build(distribution="ext", version="1.0"), label)
    assert build is not None
    assert (build.requires, build.suits, build.family, build.local) == ((Requirement("torch", torch),), (cuda,), family, label)


def test_metadata_that_names_the_framework_is_kept_where_the_label_says_nothing_of_it() -> None:
    build = labelled_build(TORCH, Build(distribution="ext", version="1.0", requires=(Requirement("torch", ">=2.4"),)), "cu126")
    assert build is not None
    assert build.requires == (Requirement("torch", ">=2.4"),)


@pytest.mark.parametrize("label", ["d20240101", "git1234", "rocm6.3", "cu"])
def test_another_label_tells_nothing(label: str) -> None:
    assert labelled_build(TORCH, Build(distribution="ext", version="1.0"), label) is None
