"""What an environment that nobody has recorded is for, as far as its own marks tell."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.frameworks import catalogue
from drivetrain.model.environment import Environment, Installed
from drivetrain.workflows.differing import differences
from drivetrain.workflows.inferring import inferred
from drivetrain.workflows.keeping import kept_sets


@cache
def facts() -> Catalogue:
    return catalogue()


def one(name: str, version: str, *requires: str, **more: Any) -> Installed:
    return Installed(name=name, version=version, path=f"{name}-{version}.dist-info", requires=requires, **more)


def environment(*installed: Installed) -> Environment:
    return Environment(prefix="/env", python="3.12.4", installed=installed)


TORCH = one("torch", "2.9.0", "numpy", "nvidia-cudnn-cu12==9.10.2.21", "triton==3.5.0", 'optree ; extra == "optree"')
VISION = one("torchvision", "0.24.0", "torch==2.9.0", "numpy")
REST = (one("numpy", "2.3.0"), one("nvidia-cudnn-cu12", "9.10.2.21"), one("triton", "3.5.0"))


def marked(installed: Installed) -> Installed:
    import msgspec

    return msgspec.structs.replace(installed, requested=True)


@pytest.mark.parametrize(
    ("installed", "asked"),
    [
        ((marked(TORCH), marked(VISION), marked(one("tqdm", "4.67")), *REST), ["torch", "torchvision", "tqdm"]),
        # A lock marks everything.
        (tuple(map(marked, (TORCH, VISION, one("tqdm", "4.67"), *REST))), ["torch", "torchvision", "tqdm"]),
        # An old pip and conda mark nothing.
        ((TORCH, VISION, one("tqdm", "4.67"), one("pip", "24.0"), *REST), ["torchvision"]),
        ((TORCH, *REST), ["torch"]),
        ((marked(one("tqdm", "4.67")), TORCH, *REST, marked(one("pip", "24.0"))), ["tqdm", "torch"]),
    ],
)
def test_what_it_is_for(installed: tuple[Installed, ...], asked: list[str]) -> None:
    assert [each.name for each in inferred(environment(*installed), facts()).wishes] == asked


def test_what_an_extra_of_a_requirement_brings_was_not_asked_for() -> None:
    """orbax requires etils[epath], which requires fsspec for that extra and, through another of its own, zipp."""
    etils = one("etils", "1.15", 'fsspec ; extra == "epath"', 'etils[epy] ; extra == "epath"', "zipp ; extra == 'epy'", 'tqdm ; extra == "etqdm"')
    installed = (TORCH, *REST, one("orbax", "0.12", "etils[epath]"), etils, *(one(name, "1.0") for name in ("fsspec", "zipp", "tqdm")))
    assert [each.name for each in inferred(environment(*map(marked, installed)), facts()).wishes] == ["torch", "orbax", "tqdm"]


def test_a_folder_is_asked_for_as_a_folder() -> None:
    mine = one("mine", "0.1", "torch", requested=True, url="file:///srv/mine", editable=True)
    (wish,) = inferred(environment(mine, TORCH, *REST), facts()).wishes
    assert (wish.name, wish.editable, wish.url) == ("mine", True, "/srv/mine")


def test_as_much_as_can_be_is_kept_first() -> None:
    sets = list(kept_sets(environment(TORCH, VISION, *REST), frozenset({"torch"}), facts()))
    assert sets[0] == {"torchvision", "numpy", "nvidia-cudnn-cu12", "triton", "python"}
    # Then other builds of the same releases: CUDA's libraries, and what a framework pins, follow.
    assert sets[1] == {"torch", "torchvision", "numpy", "python"}
    assert sets[-1] == {"python"}
    sizes = [len(each & {"torch", "torchvision"}) for each in sets[1:]]
    assert sizes == sorted(sizes, reverse=True)


def test_nothing_of_conda_alone_is_said_to_go() -> None:
    from drivetrain.model.plan import Package, Plan

    plan = Plan(accelerator="cpu", sources=(), python="3.12", packages=(Package(name="numpy", version="2.2.0"),))
    openssl = Installed(name="openssl", version="3.4", path="conda-meta/openssl-3.4-h0.json", installer="conda", build="h0")
    (change,) = differences(environment(REST[0], openssl), plan, None)
    assert (change.name, change.before, change.after) == ("numpy", "2.3.0", "2.2.0")


def test_libraries_that_an_extra_brought_are_the_plans_to_choose() -> None:
    """uv marks all of `tensorflow[and-cuda]` and `jax[cuda12]` where it is told to install a list: asking for CUDA 12 by name would bind the plan to it."""
    flow = one("tensorflow", "2.21.0", "numpy", 'nvidia-cudnn-cu12 ; extra == "and-cuda"', 'tqdm ; extra == "progress"')
    jax = one("jax", "0.10.2", "numpy", 'jax-cuda12-plugin ; extra == "cuda12"')
    libraries = (one("nvidia-cudnn-cu12", "9.28.0.42"), one("jax-cuda12-plugin", "0.10.2"), one("numpy", "2.3.0"), one("tqdm", "4.67"))
    asked = [each.name for each in inferred(environment(*map(marked, (flow, jax, *libraries))), facts()).wishes]
    # tqdm is nobody's library: what was asked for by name stays asked for.
    assert asked == ["tensorflow", "jax", "tqdm"]
