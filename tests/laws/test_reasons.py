"""Law: each newer release that a plan leaves out has its one reason, and the reason is true."""

from __future__ import annotations

from random import Random

import pytest
from msgspec import structs

from drivetrain.catalogue.relations.markers import version_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FACTS = catalogue()
ASKED = (
    *(("tensorflow", "torch", "jax"), ("torch", "jax"), ("tensorflow", "torch"), ("jax", "tensorflow"), ("torch", "torchvision"), ("tensorflow", "keras")),
    *(
        ("torch",),
        ("tensorflow",),
        ("jax",),
        ("torch", "tensorflow", "numpy<2"),
        ("tensorflow", "protobuf<5"),
        ("torch<2.9", "jax"),
        ("tensorflow==2.17.*", "jax"),
    ),
)
GPUS = ((), ("sm_50",), ("sm_61",), ("sm_70",), ("sm_75",), ("sm_86",), ("sm_89",), ("sm_90",), ("sm_120",), ("sm_70", "sm_89"), ("sm_61", "sm_120"))
LEFT_TO_THE_OBJECTIVE = "cuda-build-on-cpu"
"""On a CPU a build without CUDA comes before a newer one: such a release could be had, and it is no relation that speaks against it."""


def request_and_machine(seed: int) -> tuple[Request, Machine]:
    chance = Random(seed)
    gpus = chance.choice(GPUS)
    driver = chance.choice(["470", "525.60.13", "535", "550", "560", "575", "580.65.06", "610"]) if gpus else None
    machine = described(os=chance.choice(["linux", "linux", "linux", "wsl2"]), gpus=gpus, driver=driver)
    python = chance.choice(["", "", "", "python==3.10", "python==3.12"])
    texts = (*chance.choice(ASKED), *((python,) if python else ()))
    return Request(wishes=tuple(map(wish_of, texts)), sources=chance.choice(["index", "all"]), engine=chance.choice(["pip", "pip", "pip", "conda"])), machine


def served(request: Request, machine: Machine, held: dict[str, str]) -> bool:
    """Tells whether these releases are planned together, and what else was asked for of Python and the libraries."""
    frameworks = {each.name for each in request.wishes if not each.is_component and (FACTS.framework(each.name) or FACTS.framework_of_companion(each.name))}
    kept = tuple(each for each in request.wishes if each.name not in frameworks)
    wishes = tuple(wish_of(f"{name}=={version}") for name, version in held.items())
    return isinstance(solve(structs.replace(request, wishes=(*wishes, *kept)), machine, FACTS, relaxations=False), Plan)


def newer_than(plan: Plan, request: Request) -> dict[str, set[str]]:
    """Gives the final releases newer than the chosen one, within what was asked for."""
    found: dict[str, set[str]] = {}
    for package in plan.packages:
        wish = next((each for each in request.wishes if each.name == package.called), None)
        if wish is None or not (FACTS.framework(package.called) or FACTS.framework_of_companion(package.called)):
            continue
        allowed = [each for each in FACTS.releases(package.called) if not wish.specifier or wish_allows(each.version, wish.specifier)]
        finals = [each.version for each in allowed if not version_of(each.version).is_prerelease and not each.yanked]
        found[package.called] = {each for each in finals if version_of(each) > version_of(package.version)}
    return found


def wish_allows(version: str, specifier: str) -> bool:
    from drivetrain.catalogue.relations.markers import satisfies

    return satisfies(version, specifier)


def faults(request: Request, machine: Machine, plan: Plan) -> list[str]:
    """Gives what is wrong with the reasons of a plan."""
    chosen = {each.called: each.version for each in plan.packages if each.requested}
    wrong = []
    for name, versions in newer_than(plan, request).items():
        reasons = [each for each in plan.reasons if each.about == name and each.version in versions]
        wrong += [f"{name} {each}: no reason" for each in versions - {reason.version for reason in reasons}]
        wrong += [f"{name} {each}: two reasons" for each in versions if sum(reason.version == each for reason in reasons) > 1]
        wrong += [fault for reason in reasons if (fault := fault_of(reason, request, machine, chosen))]
    return wrong


def fault_of(reason: Reason, request: Request, machine: Machine, chosen: dict[str, str]) -> str:
    assert reason.version
    held = {reason.about: reason.version}
    if reason.cause == LEFT_TO_THE_OBJECTIVE:
        return "" if served(request, machine, held) else f"{held}: it could not be had at all, yet {reason.says}"
    against = {each.about: each.version for each in reason.because if each.version and each.about != reason.about and chosen.get(each.about) == each.version}
    if not against:
        return f"{held} is served alone, yet {reason.says}" if served(request, machine, held) else ""
    if served(request, machine, {**held, **against}):
        return f"{held} goes with {against}, yet {reason.says}"
    if any(not served(request, machine, {**held, **{name: version for name, version in against.items() if name != left}}) for left in against):
        return f"{held}: not all of {against} are to blame, yet {reason.says}"
    return ""


@pytest.mark.parametrize("seed", range(12))
def test_each_newer_release_has_its_one_true_reason(seed: int) -> None:
    request, machine = request_and_machine(seed)
    plan = solve(request, machine, FACTS, relaxations=False)
    assert not isinstance(plan, Plan) or faults(request, machine, plan) == []
