"""A cuDNN that was copied into the packages' folders by hand is told with its path; those that packages brought are not."""

from __future__ import annotations

import pytest
from facts import catalogue, environment, machine, one

from drivetrain.audit.rule import Context
from drivetrain.audit.rules.libraries import stray_cudnn
from drivetrain.model.binary import Linkage
from drivetrain.model.environment import Environment, OwnedFile
from drivetrain.model.library import Library
from drivetrain.model.outcome import Outcome

FOLDER = "nvidia/cudnn/lib"
OWNED = tuple(OwnedFile(path=f"{FOLDER}/{name}", sha256="x", size_bytes=1000) for name in ("libcudnn.so.9", "libcudnn_ops.so.9"))
WHEEL = one("nvidia-cudnn-cu12", "9.10.2.21", files=OWNED)


def library(path: str, link: str = "") -> Library:
    return Library(path=path, bytes=1000, linkage=Linkage(format="elf", arch="x86_64"), link=link)


OWN = (library(f"{FOLDER}/libcudnn.so.9"), library(f"{FOLDER}/libcudnn_ops.so.9"))


def answer(what: Environment) -> Outcome:
    (only,) = stray_cudnn.RULE.check(Context(machine=machine(), environment=what, catalogue=catalogue()))
    return only


@pytest.mark.parametrize("link", ["", f"{FOLDER}/libcudnn.so.9"])
def test_a_copy_or_a_link_of_another_name_is_told(link: str) -> None:
    told = answer(environment(WHEEL, libraries=(*OWN, library(f"{FOLDER}/libcudnn.so.8", link)), site_packages="/env/lib/python3.11/site-packages"))
    assert (told.state, told.severity, told.cause) == ("found", "warning", "two-cudnn-versions-in-env")
    assert "nvidia/cudnn/lib/libcudnn.so.8 belongs to no package" in told.says
    assert told.fix[0].commands == ("cd /env/lib/python3.11/site-packages/nvidia/cudnn/lib && rm -- libcudnn.so.8",)


@pytest.mark.parametrize("libraries", [(), OWN, (*OWN, library("../../libcudnn.so.9")), (library("torch/lib/libtorch_cuda.so"),)])
def test_what_packages_brought_and_what_lies_elsewhere_is_silent(libraries: tuple[Library, ...]) -> None:
    assert answer(environment(WHEEL, libraries=libraries)).state == "clear"


@pytest.mark.parametrize("path", [f"{FOLDER}/libcudnn.so", "tensorflow/libcudnn.so.9"])
def test_a_link_to_the_wheels_own_under_its_own_name_is_no_second_one(path: str) -> None:
    """As https://www.tensorflow.org/install/pip told to make them: `ln -svf ../nvidia/*/lib/*.so* .`."""
    assert answer(environment(WHEEL, libraries=(*OWN, library(path, f"{FOLDER}/libcudnn.so.9")))).state == "clear"


def test_where_a_package_keeps_no_list_it_cannot_be_told() -> None:
    stray = library(f"{FOLDER}/libcudnn.so.8")
    assert answer(environment(WHEEL, one("old-tool", "1.0"), libraries=(*OWN, stray))).state == "unknown"
    assert answer(environment(WHEEL, libraries=(*OWN, stray), kind="conda")).state == "unknown"
