"""Every file of this folder is one case: a machine and a request in, what the planner must answer out. Adding a case is adding a file.

A case is a JSON object:

    says      what is asked, in a line
    why       why the answer is right, from documents and metadata, never from what the planner said
    sources   where that stands
    as_of     releases after this day are left out of the catalogue, so that a refreshed snapshot changes no case (default: all count)
    target    {"os", "arch", "gpus", "driver", "glibc", "pythons": ["3.11.7"]}, as the flags describe one; or "machine": a file of tests/machines
    request   {"requirements": [...]}, or {"file": "requirements.txt", "files": {name: text}}; and any of "accelerator", "sources", "family", "pre", "gpus"
    expect    "status": "planned", "refused" or "error", and what must hold:
              packages     name: specifier that its version satisfies; null: not in the plan; a list: one of several specifiers
              builds, extras   name: exactly that
              to_compile   name: "source" (it is compiled afterwards) or "wheel" (its makers have one for this very stack)
              python, cuda, cudnn   prefix by parts ("12.8" takes 12.8.90), or a specifier; null: none
              accelerator, compatibility, jit   exactly that
              reasons      each with "about" and any of "version" and "cause": some reason of the plan has all of them
              refusal      causes: each is somewhere in the refusal's chain
              relaxations  each with any of "change", "keeps" (names that it must not touch) and the keys above: some relaxation meets all of it
              findings     causes
              says, next   of an error: texts that occur in them
    open      what the planner answers instead, until it is mended; the key goes with the fault
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from packaging.specifiers import SpecifierSet

from drivetrain.catalogue import Catalogue
from drivetrain.errors import DrivetrainError
from drivetrain.formats.file_kind import request_file
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.catalogue import Snapshot
from drivetrain.model.machine import Interpreter, Machine
from drivetrain.model.plan import Plan, Reason, Refusal, Relaxation
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*.json"))
KEYS = {"says", "why", "sources", "as_of", "target", "machine", "request", "expect", "open"}


def marked(path: Path) -> Any:
    """Gives the case as a parameter; an open one is expected to fail, and fails the suite once it no longer does."""
    reason = json.loads(path.read_text(encoding="utf-8")).get("open")
    return pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else [])


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


@pytest.mark.parametrize("path", [marked(path) for path in CASES])
def test_case(path: Path, facts: Catalogue) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    expected = case["expect"]
    answer = answer_of(case, facts)
    if isinstance(answer, DrivetrainError):
        assert expected["status"] == "error", answer.says
        assert expected.get("says", "") in answer.says
        assert expected.get("next", "") in answer.next
        return
    if isinstance(answer, Refusal):
        assert expected["status"] == "refused", "\n".join(reason.says for reason in answer.refusal)
        assert not refusal_faults(answer, expected)
    else:
        assert expected["status"] == "planned", shown(answer)
        assert not plan_faults(answer, expected), shown(answer)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_says_why_and_where_it_stands(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert set(case) <= KEYS
    assert case["says"]
    assert case["why"]
    assert case["sources"]
    assert ("target" in case) != ("machine" in case)
    assert case["expect"]["status"] in ("planned", "refused", "error")


def answer_of(case: dict[str, Any], facts: Catalogue) -> Plan | Refusal | DrivetrainError:
    """Gives what the planner answers, or the error that it raises."""
    try:
        return solve(request_of(case["request"]), machine_of_case(case), as_of(facts, case.get("as_of")))
    except DrivetrainError as error:
        return error


def request_of(given: dict[str, Any]) -> Request:
    """Gives the request of a case."""
    wishes = [wish_of(each) for each in given.get("requirements", ())]
    constraints: tuple[Any, ...] = ()
    if "file" in given:
        files = given["files"]
        read = request_file(given["file"], files[given["file"]], lambda name: files[name])
        wishes += read.wishes
        constraints = read.constraints
    flags = {key: given[key] for key in ("accelerator", "sources", "family", "pre", "engine") if key in given}
    gpus = tuple(given["gpus"]) if "gpus" in given else None
    return Request(wishes=tuple(wishes), constraints=constraints, gpus=gpus, **flags)


def machine_of_case(case: dict[str, Any]) -> Machine:
    """Gives the machine of a case; `pythons` makes a described target one that has only these."""
    if "machine" in case:
        path = FOLDER.parent / "machines" / case["machine"]
        return machine_of(path.read_text(encoding="utf-8"), path.name)
    target = dict(case["target"])
    pythons = target.pop("pythons", None)
    machine = described(**{**target, "gpus": tuple(target.get("gpus", ()))})
    if pythons is None:
        return machine
    return msgspec.structs.replace(machine, pythons=tuple(Interpreter(path=f"/usr/bin/python{each}", version=each) for each in pythons))


def as_of(facts: Catalogue, day: str | None) -> Catalogue:
    """Gives the catalogue as it was on that day."""
    if day is None:
        return facts
    kept = tuple(
        msgspec.structs.replace(each, releases=tuple(release for release in each.releases if not release.released or release.released <= day))
        for each in facts.snapshot.distributions
    )
    return facts.with_snapshot(Snapshot(as_of=day, markers=facts.snapshot.markers, distributions=kept))


def plan_faults(plan: Plan, expected: dict[str, Any]) -> list[str]:
    """Gives what of the expectation the plan does not meet."""
    faults = []
    for name, wanted in expected.get("packages", {}).items():
        package = plan.package(name)
        if wanted is None:
            faults += [f"{name} {package.version} is in the plan"] if package else []
        elif package is None:
            faults.append(f"{name} is not in the plan")
        elif not any(SpecifierSet(each).contains(package.version, prereleases=True) for each in ([wanted] if isinstance(wanted, str) else wanted)):
            faults.append(f"{name} {package.version} is not {wanted}")
    for key, kind in (("builds", "build"), ("extras", "extras")):
        for name, wanted in expected.get(key, {}).items():
            found = getattr(plan.package(name), kind, None)
            faults += [] if found == (tuple(wanted) if isinstance(wanted, list) else wanted) else [f"{kind} of {name} is {found!r}, not {wanted!r}"]
    for name, kind in expected.get("to_compile", {}).items():
        left = {each.name: each.build for each in plan.to_compile}
        faults += [] if left.get(name) == kind else [f"{name} is left to whoever installs as {left.get(name)!r}, not {kind!r}"]
    values = {"python": plan.python, "cuda": plan.cuda.version if plan.cuda else None, "cudnn": plan.cudnn}
    faults += [f"{key} is {value}, not {expected[key]}" for key, value in values.items() if key in expected and not matches(value, expected[key])]
    exact = {"accelerator": plan.accelerator, "compatibility": plan.cuda and plan.cuda.compatibility, "jit": plan.cuda and plan.cuda.jit}
    faults += [f"{key} is {value}, not {expected[key]}" for key, value in exact.items() if key in expected and value != expected[key]]
    every = list(chain(plan.reasons))
    for wanted in expected.get("reasons", ()):
        if not any(all(getattr(reason, key) == value for key, value in wanted.items()) for reason in every):
            faults.append(f"no reason is {wanted}")
    found_causes = {each.cause for each in plan.findings}
    faults += [f"no finding {cause}" for cause in expected.get("findings", ()) if cause not in found_causes]
    return faults


def refusal_faults(refusal: Refusal, expected: dict[str, Any]) -> list[str]:
    """Gives what of the expectation the refusal does not meet."""
    causes = {reason.cause for reason in chain(refusal.refusal)}
    faults = [f"{cause} is not among {sorted(causes)}" for cause in expected.get("refusal", ()) if cause not in causes]
    offered = [f"{msgspec.to_builtins(each.change)} -> {shown(each.plan)}" for each in refusal.relaxations]
    for wanted in expected.get("relaxations", ()):
        if not any(offers(each, wanted) for each in refusal.relaxations):
            faults.append(f"no relaxation is {wanted}; offered: {offered}")
    return faults


def offers(relaxation: Relaxation, wanted: dict[str, Any]) -> bool:
    """Tells whether a relaxation changes what is wanted, keeps what it must, and gives the plan that is expected of it."""
    touched = {wish_of(each).name for each in relaxation.change.require} | set(relaxation.change.drop)
    changes = holds(msgspec.to_builtins(relaxation.change), wanted.get("change", {}))
    return changes and not touched & set(wanted.get("keeps", ())) and not plan_faults(relaxation.plan, wanted)


def holds(change: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tells whether a change has what is wanted; of lists, each item."""
    return all(set(value) <= set(change.get(key, ())) if isinstance(value, list) else change.get(key) == value for key, value in wanted.items())


def matches(value: str | None, wanted: str | None) -> bool:
    """Tells whether a dotted version is that, begins with it, or satisfies it."""
    if value is None or wanted is None:
        return value is wanted
    if wanted[0] in "<>=!~":
        return SpecifierSet(wanted).contains(value)
    return value.split(".")[: len(wanted.split("."))] == wanted.split(".")


def chain(reasons: tuple[Reason, ...]) -> list[Reason]:
    """Gives the reasons with all that they rest on."""
    return [each for reason in reasons for each in (reason, *chain(reason.because))]


def shown(plan: Plan) -> str:
    """Gives the plan in a line, for a failed assertion."""
    packages = " ".join(f"{each.name}{list(each.extras) or ''}=={each.version}{f'({each.build})' if each.build else ''}" for each in plan.packages)
    return f"python {plan.python} cuda {plan.cuda and plan.cuda.version} cudnn {plan.cudnn} {plan.accelerator}: {packages}"
