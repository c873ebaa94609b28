"""Hand-made values of every kind that is shown, as JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivetrain.model.documents import decode
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.report import Install, Page, Up
from drivetrain.model.verdict import Proof
from drivetrain.report.typed import Typed
from drivetrain.words import speak

VALUES = Path(__file__).with_name("values")
KINDS: dict[str, Any] = {
    "plan": Plan,
    "plan_cpu": Plan,
    "machine": Machine,
    "machine_bare": Machine,
    "machine_no_driver": Machine,
    "refusal": Refusal,
    "audit": Audit,
    "audit_clean": Audit,
    "proof": Proof,
    "proof_failed": Proof,
    "up": Up,
    "up_failed": Up,
    "up_refused": Up,
    "install": Install,
    "page": Page,
}


@pytest.fixture
def value() -> Callable[[str], Any]:
    """Gives a value by its file's name."""
    return lambda name: decode((VALUES / f"{name}.json").read_bytes(), KINDS[name])


@pytest.fixture
def typed() -> Typed:
    """`./drivetrain plan tensorflow "torch>=2" jax --gpu "RTX 4090"`."""
    return Typed(
        program="./drivetrain",
        requirements=("tensorflow", "torch>=2", "jax"),
        flags=(("--gpu", "RTX 4090"),),
        examples=("tensorflow", "torch", "jax"),
    )


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both languages, one after the other."""
    speak(request.param)
    yield request.param
    speak("en")
