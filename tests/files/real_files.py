"""Reads the files of `real/` and what is expected of each, and compares: shared by the tests that plan them and the test that asks uv."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from drivetrain.catalogue import Catalogue
from drivetrain.formats.file_kind import request_file
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.request import Request, RequestFile
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.workflows.asking import Asked, request_from, text_of

FOLDER = Path(__file__).parent / "real"
MACHINES = {"rtx3090": ("RTX 3090", "535"), "rtx5090": ("RTX 5090", "575"), "v100": ("V100", "550")}
SOURCES = ("index", "all")


class RealFile(Struct, frozen=True, kw_only=True):
    """One file of a repository, and what drivetrain must make of it."""

    folder: str
    expected: dict[str, Any]

    @property
    def argument(self) -> str:
        groups = self.expected.get("groups")
        path = str(FOLDER / self.folder / self.expected["file"])
        return f"{path}[{','.join(groups)}]" if groups else path

    def read(self) -> RequestFile:
        path = str(FOLDER / self.folder / self.expected["file"])
        return request_file(path, text_of(path), text_of, groups=tuple(self.expected.get("groups", ())))

    def request(self, sources: Any) -> tuple[Request, tuple[str, ...]]:
        # Whether conda-forge has a stack where wheels have none is another question, and another test's.
        return request_from(Asked(files=(self.argument,), sources=sources, engine="pip"))

    def wanted(self, machine: str, sources: str) -> dict[str, Any]:
        """Gives what is expected on a machine with these sources; what holds for both stands under the machine alone."""
        expect = self.expected["expect"]
        found: dict[str, Any] = expect.get(f"{machine}/{sources}") or expect[machine]
        return found


@cache
def real_files() -> tuple[RealFile, ...]:
    return tuple(RealFile(folder=path.parent.name, expected=json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*/expect.json")))


@cache
def facts() -> Catalogue:
    return catalogue()


@cache
def machine_named(name: str) -> Machine:
    gpu, driver = MACHINES[name]
    return described(os="linux", arch="x86_64", gpus=(gpu,), driver=driver, glibc="2.35")


def answered(file: RealFile, machine: str, sources: str) -> tuple[Plan | Refusal, tuple[str, ...]]:
    """Gives what the planner answers, and what was said of the file."""
    request, warnings = file.request(sources)
    return solve(request, machine_named(machine), facts()), warnings


def reading_faults(read: RequestFile, expected: dict[str, Any]) -> list[str]:
    """Gives what of the expectation was not read."""
    wishes: dict[str, list[Any]] = {}
    for wish in read.wishes:
        wishes.setdefault(wish.name, []).append(wish)
    faults = []
    for name, specifier in expected.get("read", {}).items():
        found = [each.specifier for each in wishes.get(name, ())]
        if not any(SpecifierSet(each) == SpecifierSet(specifier) for each in found):
            faults.append(f"{name} is read as {found}, not {specifier!r}")
    for name, specifier in expected.get("constraints", {}).items():
        if not any(each.name == name and SpecifierSet(each.specifier) == SpecifierSet(specifier) for each in read.constraints):
            faults.append(f"no constraint {name}{specifier}")
    faults += [f"{name} is read" for name in expected.get("not_read", ()) if name in wishes]
    faults += [f"{name} is not read" for name in expected.get("names", ()) if name not in wishes]
    for name, extras in expected.get("extras", {}).items():
        if not any(set(extras) <= set(each.extras) for each in wishes.get(name, ())):
            faults.append(f"{name} has not the extras {extras}")
    for name, index in expected.get("tied", {}).items():
        if not any(each.index == index for each in wishes.get(name, ())):
            faults.append(f"{name} is not tied to {index}")
    urls = {each.url for each in read.wishes}
    faults += [f"{url} is not among {sorted(urls)}" for url in expected.get("urls", ()) if url not in urls]
    faults += [f"{name} has no hashes" for name in expected.get("hashes", ()) if not any(each.hashes for each in wishes.get(name, ()))]
    editable = sum(each.editable for each in read.wishes)
    faults += [] if editable == expected.get("editable", 0) else [f"{editable} are editable"]
    exact = {"index": read.index, "kind": read.kind, "pre": read.pre, "indexes": list(read.indexes), "find_links": list(read.find_links)}
    exact |= {"channels": list(read.channels), "cpu": read.accelerator == "cpu"}
    faults += [f"{key} is {value}, not {expected[key]}" for key, value in exact.items() if key in expected and value != expected[key]]
    faults += [
        f"nothing says {pattern}: {read.warnings}" for pattern in expected.get("warnings", ()) if not any(re.search(pattern, each) for each in read.warnings)
    ]
    return faults


def answer_faults(answer: Plan | Refusal, warnings: tuple[str, ...], wanted: dict[str, Any], *, ways: bool = True) -> list[str]:
    """Gives what of the expectation the answer does not meet; `ways`: a refusal must have a way out."""
    said = [*warnings, *sayings(answer)]
    faults = [f"nothing says {pattern}" for pattern in wanted.get("says", ()) if not any(re.search(pattern, each) for each in said)]
    if isinstance(answer, Plan):
        return [*faults, *([] if wanted["status"] != "refused" else [f"planned: {shown(answer)}"]), *plan_faults(answer, wanted)]
    if wanted["status"] == "planned":
        faults.append("refused: " + " | ".join(each.says for each in answer.refusal))
    if ways and not answer.relaxations:
        faults.append("no way out: " + " | ".join(each.says for each in answer.refusal))
    if wanted["status"] == "refused":
        causes = {each.cause for each in chain(answer.refusal)}
        faults += [f"{cause} is not among {sorted(causes)}" for cause in wanted.get("causes", ()) if cause not in causes]
        for way in wanted.get("relaxations", ()):
            if not any(not plan_faults(each.plan, way) for each in answer.relaxations):
                faults.append(f"no way out is {way}: {[shown(each.plan) for each in answer.relaxations]}")
    return faults


def plan_faults(plan: Plan, wanted: dict[str, Any]) -> list[str]:
    """Gives what of the expectation the plan does not meet."""
    faults = []
    for name, specifier in wanted.get("packages", {}).items():
        package = plan.package(name)
        if specifier is None:
            faults += [f"{name} {package.version} is in the plan"] if package else []
        elif package is None:
            faults.append(f"{name} is not in the plan")
        elif not SpecifierSet(specifier).contains(package.version, prereleases=True):
            faults.append(f"{name} {package.version} is not {specifier}")
    faults += [f"{name} cannot be what this stack uses" for name in wanted.get("never", ()) if plan.package(name)]
    for key, kind in (("builds", "build"), ("extras", "extras")):
        for name, value in wanted.get(key, {}).items():
            found = getattr(plan.package(name), kind, None)
            faults += [] if found == (tuple(value) if isinstance(value, list) else value) else [f"{kind} of {name} is {found!r}, not {value!r}"]
    values = {"python": plan.python, "cuda": plan.cuda.version if plan.cuda else None, "accelerator": plan.accelerator}
    faults += [f"{key} is {value}, not {wanted[key]}" for key, value in values.items() if key in wanted and not matches(value, wanted[key])]
    return [f"{each} ({shown(plan)})" for each in faults]


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


def sayings(answer: Plan | Refusal) -> list[str]:
    """Gives everything that an answer tells a person."""
    findings = [each.says for each in answer.findings]
    if isinstance(answer, Refusal):
        return [*findings, *(each.says for each in chain(answer.refusal)), *(each.says for each in answer.relaxations)]
    return [*findings, *(f"{each.about} {each.version or ''}: {each.says}" for each in chain(answer.reasons)), *answer.assumptions]


def shown(plan: Plan) -> str:
    """Gives the plan in a line, for a failed assertion."""
    packages = " ".join(f"{each.name}{list(each.extras) or ''}=={each.version}{f'({each.build})' if each.build else ''}" for each in plan.packages[:8])
    return f"{plan.engine} python {plan.python} cuda {plan.cuda and plan.cuda.version} {plan.accelerator}: {packages}"
