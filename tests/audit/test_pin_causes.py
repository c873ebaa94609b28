"""A broken requirement bears the name that people know it by, and a JAX plug-in of another release is told though no metadata forbids it."""

from __future__ import annotations

import pytest
from facts import environment, found, machine, one, outcomes, states
from packaging.requirements import Requirement

from drivetrain.audit.pin_causes import cause_of

COMPILED = ("cp311-cp311-manylinux_2_17_x86_64",)
PLUGIN = "jax-plugin-jaxlib-version-mismatch"


@pytest.mark.parametrize(
    ("parent", "requirement", "child", "cause"),
    [
        ("jax", "jaxlib<=0.10.2,>=0.10.1", "0.9.0", "jax-jaxlib-version-mismatch"),
        ("jax-cuda12-plugin", "jax-cuda12-pjrt==0.10.2", "0.9.0", PLUGIN),
        ("torchvision", "torch==2.8.0", "2.9.1", "torchvision-torch-mismatch"),
        ("tensorflow-cpu", "keras<2.16,>=2.15.0", "3.15.1", "keras-tf-version-mismatch"),
        ("tensorflow", "protobuf!=4.21.0,<5.0.0dev,>=3.20.3", "7.36.2", "protobuf-too-new"),
        ("tensorflow", "protobuf>=5.28.0", "4.25.9", None),
        ("tensorflow", "numpy<2.0.0,>=1.23.5", "2.2.6", "numpy-2-abi"),
        ("tensorflow", "numpy<2.2.0,>=1.26", "2.2.6", None),
        ("tensorflow", "numpy>=2.3", "2.2.6", None),
        ("scipy", "numpy<2.0.0,>=1.23.5", "1.22.0", None),
        ("requests", "urllib3<3", "3.1", None),
    ],
)
def test_a_known_pair_has_a_cause_of_its_own(parent: str, requirement: str, child: str, cause: str | None) -> None:
    needed = Requirement(requirement)
    assert cause_of(one(parent, "1.0", requirement, tags=COMPILED), needed, one(needed.name, child)) == cause


def test_numpy_2_under_python_code_is_a_broken_pin_like_any_other() -> None:
    parent = one("gensim-tools", "1.0", "numpy<2", tags=("py3-none-any",))
    assert cause_of(parent, Requirement("numpy<2"), one("numpy", "2.2.6")) is None
    several = found(machine(), environment(parent, one("numpy", "2.2.6")))
    assert "dependency-pin-conflict" in several


def test_a_plug_in_of_another_release_is_told() -> None:
    several = found(machine(), environment(one("jax", "0.9.0"), one("jaxlib", "0.9.0"), one("jax-cuda12-plugin", "0.10.2")))
    told = several[PLUGIN]
    assert "jax-cuda12-plugin 0.10.2 is of another release than jaxlib 0.9.0" in told.says
    assert told.fix[0].edit is not None
    assert told.fix[0].edit.require == ("jax[cuda12]==0.9.0",)


@pytest.mark.parametrize("version", ["0.9.0", "0.9.0.post1", "0.9.0+local"])
def test_a_plug_in_of_the_same_release_is_clear(version: str) -> None:
    assert states(PLUGIN, outcomes(machine(), environment(one("jaxlib", "0.9.0"), one("jax-cuda12-plugin", version)))) == {"clear"}


@pytest.mark.parametrize(
    "installed",
    [
        (one("jax-cuda12-plugin", "0.9.0"),),
        (one("jaxlib", "unreadable"), one("jax-cuda12-plugin", "0.9.0")),
        (one("jaxlib", "0.4.30"), one("jax-cuda12-plugin", "0.4.31")),
    ],
)
def test_where_the_facts_do_not_tell_it_is_unknown(installed: tuple) -> None:  # type: ignore[type-arg]
    assert states(PLUGIN, outcomes(machine(), environment(*installed))) == {"unknown"}
