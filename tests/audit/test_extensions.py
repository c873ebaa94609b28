"""An extension beside a framework that it was not compiled for: found, clear or not to be told."""

from __future__ import annotations

import pytest
from facts import RTX_4090, catalogue, environment, machine, one, torch_built

from drivetrain.audit import audit
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.model.outcome import Outcome

CAUSE = "extension-built-for-other-framework-version"
OF_BITSANDBYTES = "bitsandbytes-cuda-lib-not-selected"


def answers(*installed: Installed, builds: tuple[BuildFacts, ...] = ()) -> list[Outcome]:
    outcomes = audit(machine(RTX_4090), environment(*installed, builds=builds), catalogue())
    return [each for each in outcomes if each.cause in (CAUSE, OF_BITSANDBYTES)]


@pytest.mark.parametrize(
    ("extension", "torch", "cuda", "said"),
    [
        (("xformers", "0.0.31"), "2.7.1+cpu", None, "xformers 0.0.31 is built for CUDA 12, and torch has no CUDA"),
        (("torchao", "0.18.0"), "2.12.0+cu126", "12.6", "torchao 0.18.0 is built for CUDA 13, and torch has CUDA 12.6"),
        (("xformers", "0.0.35"), "2.9.1", "12.8", "xformers 0.0.35 is for torch >=2.10, and 2.9.1 is here"),
        (("torchao", "0.16.0"), "2.11.0", "13.0", "torchao 0.16.0 is for torch ==2.10.0, and 2.11.0 is here"),
        (("bitsandbytes", "0.47.0"), "2.11.0", "13.0", None),
        (("torch-scatter", "2.1.2+pt28cu128"), "2.9.1", "12.8", "torch-scatter 2.1.2+pt28cu128 is for torch ==2.8.*, and 2.9.1 is here"),
        (("torch-scatter", "2.1.2+pt28cpu"), "2.8.0", "12.8", "torch-scatter 2.1.2+pt28cpu is built for the CPU alone, and torch has CUDA 12.8"),
        (("flash-attn", "2.8.3+cu12torch2.8cxx11abiTRUE"), "2.8.0+cu118", "11.8", None),
    ],
)
def test_what_does_not_go_with_the_framework_is_found(extension: tuple[str, str], torch: str, cuda: str | None, said: str | None) -> None:
    (found,) = answers(one(*extension), one("torch", torch), builds=(torch_built(cuda),))
    assert found.state == "found"
    assert found.cause == (OF_BITSANDBYTES if extension[0] == "bitsandbytes" else CAUSE)
    assert said is None or found.says == said
    assert found.sources
    assert found.fix[0].edit is not None
    assert found.fix[0].edit.require == (f"{extension[0]}=={extension[1].split('+')[0]}", "torch")


@pytest.mark.parametrize(
    ("extension", "torch", "cuda"),
    [
        (("xformers", "0.0.35"), "2.10.0", "12.8"),
        (("xformers", "0.0.35"), "2.12.0", "13.0"),
        (("torchao", "0.18.0+cu126"), "2.12.0+cu126", "12.6"),
        (("bitsandbytes", "0.50.2"), "2.9.1+cu129", "12.9"),
        (("bitsandbytes", "0.50.2"), "2.9.1+cpu", None),
        (("torch-scatter", "2.1.2+pt28cu128"), "2.8.0", "12.8"),
        (("flash-attn", "2.8.3+cu12torch2.8cxx11abiTRUE"), "2.8.0", "12.8"),
    ],
)
def test_what_goes_with_it_is_clear(extension: tuple[str, str], torch: str, cuda: str | None) -> None:
    (answer,) = answers(one(*extension), one("torch", torch), builds=(torch_built(cuda),))
    assert answer.state == "clear", answer.says


def test_what_its_owner_compiled_and_a_torch_without_facts_are_not_to_be_told() -> None:
    (compiled,) = answers(one("flash-attn", "2.8.3"), one("torch", "2.8.0"), builds=(torch_built("12.8"),))
    assert compiled.state == "unknown"
    (bare,) = answers(one("xformers", "0.0.35"), one("torch", "2.10.0"))
    assert bare.state == "unknown"
    (odd,) = answers(one("xformers", "main"), one("torch", "2.10.0"))
    assert odd.state == "unknown"


def test_without_the_framework_or_an_extension_there_is_nothing_to_hold_against_each_other() -> None:
    assert [each.state for each in answers(one("xformers", "0.0.35"))] == ["clear"]
    assert [each.state for each in answers(one("torch", "2.10.0"), builds=(torch_built("12.8"),))] == ["clear"]
